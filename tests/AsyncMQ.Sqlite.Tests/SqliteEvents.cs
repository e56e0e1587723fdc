using AsyncMQ.Conformance.Events;

namespace AsyncMQ.Sqlite.Tests;

public sealed class SqliteEventTests() : EventTests(new SqliteStores());

public sealed class SqliteEventStreamTests() : EventStreamTests(new SqliteStores());

public sealed class SqliteSubscriptionTests() : SubscriptionTests(new SqliteStores());
