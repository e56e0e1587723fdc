using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Postgres.Tests;

public sealed class PostgresRunningTests() : RunningTests(new PostgresStores());

public sealed class PostgresServingTests() : ServingTests(new PostgresStores());

public sealed class PostgresWaitingTests() : WaitingTests(new PostgresStores());

public sealed class PostgresRetryTests() : RetryTests(new PostgresStores());

public sealed class PostgresPoisonTests() : PoisonTests(new PostgresStores());

public sealed class PostgresHandlerTests() : HandlerTests(new PostgresStores());

public sealed class PostgresLeaseTests() : LeaseTests(new PostgresStores());

public sealed class PostgresStoreFaultTests() : StoreFaultTests(new PostgresStores());

public sealed class PostgresDrainTests() : DrainTests(new PostgresStores());

public sealed class PostgresWorkerInstallationTests() : WorkerInstallationTests(new PostgresStores());

public sealed class PostgresEveryCallFailsTests() : EveryCallFailsTests(new PostgresStores(), atOnce: 4);

public sealed class PostgresBatchRunningTests() : BatchRunningTests(new PostgresStores());

public sealed class PostgresBatchStoppingTests() : BatchStoppingTests(new PostgresStores());

public sealed class PostgresBatchOutcomeTests() : BatchOutcomeTests(new PostgresStores());
