using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Sqlite.Tests;

public sealed class SqliteRunningTests() : RunningTests(new SqliteStores());

public sealed class SqliteServingTests() : ServingTests(new SqliteStores());

public sealed class SqliteWaitingTests() : WaitingTests(new SqliteStores());
