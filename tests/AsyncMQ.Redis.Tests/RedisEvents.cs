using AsyncMQ.Conformance.Events;

namespace AsyncMQ.Redis.Tests;

public sealed class RedisEventStreamTests() : EventStreamTests(new RedisStores());

public sealed class RedisSubscriptionTests() : SubscriptionTests(new RedisStores());

public sealed class RedisEventTests() : EventTests(new RedisStores());
