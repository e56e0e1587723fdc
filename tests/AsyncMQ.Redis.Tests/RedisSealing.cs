using AsyncMQ.Conformance.Sealing;

namespace AsyncMQ.Redis.Tests;

public sealed class RedisEncryptedRepeatableTests() : EncryptedRepeatableTests(new RedisStores());

public sealed class RedisPayloadTransformTests() : PayloadTransformTests(new RedisStores());

public sealed class RedisEncryptionTests() : EncryptionTests(new RedisStores());
