using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Postgres.Tests;

[Trait("Length", "Long")]
public sealed class PostgresRunningTests() : RunningTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresServingTests() : ServingTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresWaitingTests() : WaitingTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresRetryTests() : RetryTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresPoisonTests() : PoisonTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresHandlerTests() : HandlerTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresLeaseTests() : LeaseTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresStoreFaultTests() : StoreFaultTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresDrainTests() : DrainTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresWorkerInstallationTests() : WorkerInstallationTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresEveryCallFailsTests() : EveryCallFailsTests(new PostgresStores(), atOnce: 4);

[Trait("Length", "Long")]
public sealed class PostgresBatchRunningTests() : BatchRunningTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresBatchStoppingTests() : BatchStoppingTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresBatchOutcomeTests() : BatchOutcomeTests(new PostgresStores());
