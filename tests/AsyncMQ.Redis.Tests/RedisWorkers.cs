using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Redis.Tests;

public sealed class RedisRunningTests() : RunningTests(new RedisStores());

public sealed class RedisServingTests() : ServingTests(new RedisStores());

public sealed class RedisWaitingTests() : WaitingTests(new RedisStores());

public sealed class RedisRetryTests() : RetryTests(new RedisStores());

public sealed class RedisPoisonTests() : PoisonTests(new RedisStores());

public sealed class RedisHandlerTests() : HandlerTests(new RedisStores());

public sealed class RedisLeaseTests() : LeaseTests(new RedisStores());

public sealed class RedisStoreFaultTests() : StoreFaultTests(new RedisStores());

public sealed class RedisDrainTests() : DrainTests(new RedisStores());

public sealed class RedisWorkerInstallationTests() : WorkerInstallationTests(new RedisStores());

public sealed class RedisEveryCallFailsTests() : EveryCallFailsTests(new RedisStores());

public sealed class RedisBatchRunningTests() : BatchRunningTests(new RedisStores());

public sealed class RedisBatchStoppingTests() : BatchStoppingTests(new RedisStores());

public sealed class RedisBatchOutcomeTests() : BatchOutcomeTests(new RedisStores());
