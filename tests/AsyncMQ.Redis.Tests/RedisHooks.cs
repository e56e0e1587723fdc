using AsyncMQ.Conformance.Producing;
using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Redis.Tests;

public sealed class RedisMiddlewareTests() : MiddlewareTests(new RedisStores());

public sealed class RedisWorkerHookTests() : WorkerHookTests(new RedisStores());

public sealed class RedisProducerMiddlewareTests() : ProducerMiddlewareTests(new RedisStores());
