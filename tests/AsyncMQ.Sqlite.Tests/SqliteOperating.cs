using AsyncMQ.Conformance.Operating;

namespace AsyncMQ.Sqlite.Tests;

public sealed class SqliteOperationsTableTests() : OperationsTableTests(new SqliteStores());

public sealed class SqlitePagingTests() : PagingTests(new SqliteStores());

public sealed class SqliteMovingPagesTests() : MovingPagesTests(new SqliteStores());

public sealed class SqliteFilterTests() : FilterTests(new SqliteStores());

public sealed class SqliteLookingOverTests() : LookingOverTests(new SqliteStores());

public sealed class SqliteBulkChangeTests() : BulkChangeTests(new SqliteStores());

public sealed class SqliteObliterateTests() : ObliterateTests(new SqliteStores());

public sealed class SqlitePauseTests() : PauseTests(new SqliteStores());

public sealed class SqliteStoppingTests() : StoppingTests(new SqliteStores());

public sealed class SqliteKeepingTests() : KeepingTests(new SqliteStores());
