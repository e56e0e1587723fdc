using AsyncMQ.Conformance.Observing;

namespace AsyncMQ.Sqlite.Tests;

public sealed class SqliteQuietSessionTests() : QuietSessionTests(new SqliteStores());

public sealed class SqliteQuietWorkerTests() : QuietWorkerTests(new SqliteStores());

public sealed class SqliteWorkerListTests() : WorkerListTests(new SqliteStores());
