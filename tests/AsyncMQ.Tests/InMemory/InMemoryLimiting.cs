using AsyncMQ.Conformance.Inspecting;
using AsyncMQ.Conformance.Limiting;

namespace AsyncMQ.Tests.InMemory;

public sealed class InMemoryQueueLimitTests() : QueueLimitTests(new InMemoryStores());

public sealed class InMemoryKeyLimitTests() : KeyLimitTests(new InMemoryStores());

public sealed class InMemoryKeyTurnTests() : KeyTurnTests(new InMemoryStores());

public sealed class InMemoryStrictOrderTests() : StrictOrderTests(new InMemoryStores());

public sealed class InMemoryHoldTests() : HoldTests(new InMemoryStores());

public sealed class InMemoryLimitedWorkTests() : LimitedWorkTests(new InMemoryStores());

public sealed class InMemoryExplainTests() : ExplainTests(new InMemoryStores());

public sealed class InMemoryLimitConcurrencyTests() : LimitConcurrencyTests(new InMemoryStores());
