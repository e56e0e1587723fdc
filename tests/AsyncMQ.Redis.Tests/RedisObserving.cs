using AsyncMQ.Conformance.Observing;

namespace AsyncMQ.Redis.Tests;

public sealed class RedisQuietSessionTests() : QuietSessionTests(new RedisStores());

public sealed class RedisQuietWorkerTests() : QuietWorkerTests(new RedisStores());

public sealed class RedisWorkerListTests() : WorkerListTests(new RedisStores());

public sealed class RedisMetricStoreTests() : MetricStoreTests(new RedisStores());

public sealed class RedisMeasuringTests() : MeasuringTests(new RedisStores());

public sealed class RedisWaitedTests() : WaitedTests(new RedisStores());
