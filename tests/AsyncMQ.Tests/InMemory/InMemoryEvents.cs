using AsyncMQ.Conformance.Events;

namespace AsyncMQ.Tests.InMemory;

public sealed class InMemoryEventTests() : EventTests(new InMemoryStores());

public sealed class InMemoryEventStreamTests() : EventStreamTests(new InMemoryStores());

public sealed class InMemorySubscriptionTests() : SubscriptionTests(new InMemoryStores());
