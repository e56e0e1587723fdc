using AsyncMQ.Conformance;

namespace AsyncMQ.Sqlite.Tests;

public sealed class SqliteDependencyTests() : DependencyTests(new SqliteStores());
