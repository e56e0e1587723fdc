using AsyncMQ.Conformance.Flows;

namespace AsyncMQ.Tests.InMemory;

public sealed class InMemoryFlowAddTests() : FlowAddTests(new InMemoryStores());

public sealed class InMemoryFlowLookTests() : FlowLookTests(new InMemoryStores());

public sealed class InMemoryFlowChangeTests() : FlowChangeTests(new InMemoryStores());

public sealed class InMemoryFlowRunningTests() : FlowRunningTests(new InMemoryStores());

public sealed class InMemoryFlowInsideTests() : FlowInsideTests(new InMemoryStores());

public sealed class InMemoryFanInTests() : FanInTests(new InMemoryStores());
