using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Sqlite.Tests;

public sealed class SqliteRunningTests() : RunningTests(new SqliteStores());

public sealed class SqliteServingTests() : ServingTests(new SqliteStores());

public sealed class SqliteWaitingTests() : WaitingTests(new SqliteStores());

public sealed class SqliteRetryTests() : RetryTests(new SqliteStores());

public sealed class SqlitePoisonTests() : PoisonTests(new SqliteStores());

public sealed class SqliteHandlerTests() : HandlerTests(new SqliteStores());

public sealed class SqliteLeaseTests() : LeaseTests(new SqliteStores());

public sealed class SqliteStoreFaultTests() : StoreFaultTests(new SqliteStores());

public sealed class SqliteDrainTests() : DrainTests(new SqliteStores());

public sealed class SqliteWorkerInstallationTests() : WorkerInstallationTests(new SqliteStores());

public sealed class SqliteEveryCallFailsTests() : EveryCallFailsTests(new SqliteStores());

public sealed class SqliteBatchOutcomeTests() : BatchOutcomeTests(new SqliteStores());

public sealed class SqliteBatchRunningTests() : BatchRunningTests(new SqliteStores());

public sealed class SqliteBatchStoppingTests() : BatchStoppingTests(new SqliteStores());
