using AsyncMQ.Conformance.Operating;

namespace AsyncMQ.Postgres.Tests;

[Trait("Length", "Long")]
public sealed class PostgresMovingPagesTests() : MovingPagesTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresFilterTests() : FilterTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresBulkChangeTests() : BulkChangeTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresPauseTests() : PauseTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresStoppingTests() : StoppingTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresKeepingTests() : KeepingTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresLookingOverTests() : LookingOverTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresObliterateTests() : ObliterateTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresOperationsTableTests() : OperationsTableTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresPagingTests() : PagingTests(new PostgresStores());
