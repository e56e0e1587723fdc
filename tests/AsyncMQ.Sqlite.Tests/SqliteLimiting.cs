using AsyncMQ.Conformance.Inspecting;
using AsyncMQ.Conformance.Limiting;

namespace AsyncMQ.Sqlite.Tests;

public sealed class SqliteHoldTests() : HoldTests(new SqliteStores());

public sealed class SqliteKeyLimitTests() : KeyLimitTests(new SqliteStores());

public sealed class SqliteKeyTurnTests() : KeyTurnTests(new SqliteStores());

public sealed class SqliteLimitConcurrencyTests() : LimitConcurrencyTests(new SqliteStores());

public sealed class SqliteQueueLimitTests() : QueueLimitTests(new SqliteStores());

public sealed class SqliteStrictOrderTests() : StrictOrderTests(new SqliteStores());

public sealed class SqliteLimitedWorkTests() : LimitedWorkTests(new SqliteStores());

public sealed class SqliteExplainTests() : ExplainTests(new SqliteStores());
