using AsyncMQ.Conformance.Operating;

namespace AsyncMQ.Postgres.Tests;

public sealed class PostgresMovingPagesTests() : MovingPagesTests(new PostgresStores());

public sealed class PostgresFilterTests() : FilterTests(new PostgresStores());

public sealed class PostgresBulkChangeTests() : BulkChangeTests(new PostgresStores());

public sealed class PostgresPauseTests() : PauseTests(new PostgresStores());

public sealed class PostgresStoppingTests() : StoppingTests(new PostgresStores());

public sealed class PostgresKeepingTests() : KeepingTests(new PostgresStores());

public sealed class PostgresLookingOverTests() : LookingOverTests(new PostgresStores());

public sealed class PostgresObliterateTests() : ObliterateTests(new PostgresStores());

public sealed class PostgresOperationsTableTests() : OperationsTableTests(new PostgresStores());

public sealed class PostgresPagingTests() : PagingTests(new PostgresStores());
