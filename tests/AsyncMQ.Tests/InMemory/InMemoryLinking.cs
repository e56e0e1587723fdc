using AsyncMQ.Conformance;

namespace AsyncMQ.Tests.InMemory;

public sealed class InMemoryDependencyTests() : DependencyTests(new InMemoryStores());
