using AsyncMQ.Conformance.Inspecting;
using AsyncMQ.Conformance.Limiting;

namespace AsyncMQ.Postgres.Tests;

public sealed class PostgresHoldTests() : HoldTests(new PostgresStores());

public sealed class PostgresKeyTurnTests() : KeyTurnTests(new PostgresStores(), backlog: 200_000);

public sealed class PostgresLimitConcurrencyTests() : LimitConcurrencyTests(new PostgresStores());

public sealed class PostgresQueueLimitTests() : QueueLimitTests(new PostgresStores());

public sealed class PostgresStrictOrderTests() : StrictOrderTests(new PostgresStores());

public sealed class PostgresKeyLimitTests() : KeyLimitTests(new PostgresStores());

public sealed class PostgresLimitedWorkTests() : LimitedWorkTests(new PostgresStores());

public sealed class PostgresExplainTests() : ExplainTests(new PostgresStores());
