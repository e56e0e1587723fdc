using AsyncMQ.Conformance.Events;

namespace AsyncMQ.Postgres.Tests;

public sealed class PostgresEventStreamTests() : EventStreamTests(new PostgresStores());

public sealed class PostgresSubscriptionTests() : SubscriptionTests(new PostgresStores());

public sealed class PostgresEventTests() : EventTests(new PostgresStores());
