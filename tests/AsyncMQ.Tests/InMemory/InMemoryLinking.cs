using AsyncMQ.Conformance;

namespace AsyncMQ.Tests.InMemory;

public sealed class InMemoryDependencyTests() : DependencyTests(new InMemoryStores());

public sealed class InMemoryDependencyAddTests() : DependencyAddTests(new InMemoryStores());

public sealed class InMemoryDependencyReleaseTests() : DependencyReleaseTests(new InMemoryStores());

public sealed class InMemoryDependencyCascadeTests() : DependencyCascadeTests(new InMemoryStores());

public sealed class InMemoryDependencyAdministrationTests() : DependencyAdministrationTests(new InMemoryStores());

public sealed class InMemoryDependencyRetryTests() : DependencyRetryTests(new InMemoryStores());

public sealed class InMemoryFlowStoreTests() : FlowStoreTests(new InMemoryStores());
