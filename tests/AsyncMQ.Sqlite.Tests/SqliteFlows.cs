using AsyncMQ.Conformance.Flows;

namespace AsyncMQ.Sqlite.Tests;

public sealed class SqliteFlowAddTests() : FlowAddTests(new SqliteStores());

public sealed class SqliteFlowLookTests() : FlowLookTests(new SqliteStores());

public sealed class SqliteFlowChangeTests() : FlowChangeTests(new SqliteStores());

public sealed class SqliteFlowRunningTests() : FlowRunningTests(new SqliteStores());

public sealed class SqliteFlowInsideTests() : FlowInsideTests(new SqliteStores());

public sealed class SqliteFanInTests() : FanInTests(new SqliteStores());
