using AsyncMQ.Conformance.Inspecting;
using AsyncMQ.Conformance.Limiting;

namespace AsyncMQ.Postgres.Tests;

[Trait("Length", "Long")]
public sealed class PostgresHoldTests() : HoldTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresKeyTurnTests() : KeyTurnTests(new PostgresStores(), backlog: 50_000);

[Trait("Length", "Long")]
public sealed class PostgresLimitConcurrencyTests() : LimitConcurrencyTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresQueueLimitTests() : QueueLimitTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresStrictOrderTests() : StrictOrderTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresKeyLimitTests() : KeyLimitTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresLimitedWorkTests() : LimitedWorkTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresExplainTests() : ExplainTests(new PostgresStores());
