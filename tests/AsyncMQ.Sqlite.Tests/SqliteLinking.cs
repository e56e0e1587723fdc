using AsyncMQ.Conformance;

namespace AsyncMQ.Sqlite.Tests;

public sealed class SqliteDependencyTests() : DependencyTests(new SqliteStores());

public sealed class SqliteDependencyAddTests() : DependencyAddTests(new SqliteStores());

public sealed class SqliteDependencyReleaseTests() : DependencyReleaseTests(new SqliteStores());

public sealed class SqliteDependencyCascadeTests() : DependencyCascadeTests(new SqliteStores());

public sealed class SqliteDependencyAdministrationTests() : DependencyAdministrationTests(new SqliteStores());

public sealed class SqliteDependencyRetryTests() : DependencyRetryTests(new SqliteStores());

public sealed class SqliteFlowStoreTests() : FlowStoreTests(new SqliteStores());
