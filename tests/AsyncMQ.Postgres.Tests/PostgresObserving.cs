using AsyncMQ.Conformance.Observing;

namespace AsyncMQ.Postgres.Tests;

[Trait("Length", "Long")]
public sealed class PostgresQuietSessionTests() : QuietSessionTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresQuietWorkerTests() : QuietWorkerTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresWorkerListTests() : WorkerListTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresMetricStoreTests() : MetricStoreTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresMeasuringTests() : MeasuringTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresWaitedTests() : WaitedTests(new PostgresStores());
