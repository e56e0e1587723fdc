using AsyncMQ.Conformance.Observing;

namespace AsyncMQ.Sqlite.Tests;

public sealed class SqliteQuietSessionTests() : QuietSessionTests(new SqliteStores());

public sealed class SqliteQuietWorkerTests() : QuietWorkerTests(new SqliteStores());

public sealed class SqliteWorkerListTests() : WorkerListTests(new SqliteStores());

public sealed class SqliteMetricStoreTests() : MetricStoreTests(new SqliteStores());

public sealed class SqliteMeasuringTests() : MeasuringTests(new SqliteStores());

public sealed class SqliteWaitedTests() : WaitedTests(new SqliteStores());
