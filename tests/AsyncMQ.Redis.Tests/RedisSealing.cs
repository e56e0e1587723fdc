using AsyncMQ.Conformance.Sealing;

namespace AsyncMQ.Redis.Tests;

public sealed class RedisPayloadTransformTests() : PayloadTransformTests(new RedisStores());
