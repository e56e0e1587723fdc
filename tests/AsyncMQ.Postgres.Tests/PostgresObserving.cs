using AsyncMQ.Conformance.Observing;

namespace AsyncMQ.Postgres.Tests;

public sealed class PostgresQuietSessionTests() : QuietSessionTests(new PostgresStores());

public sealed class PostgresQuietWorkerTests() : QuietWorkerTests(new PostgresStores());

public sealed class PostgresWorkerListTests() : WorkerListTests(new PostgresStores());

public sealed class PostgresMetricStoreTests() : MetricStoreTests(new PostgresStores());

public sealed class PostgresMeasuringTests() : MeasuringTests(new PostgresStores());

public sealed class PostgresWaitedTests() : WaitedTests(new PostgresStores());
