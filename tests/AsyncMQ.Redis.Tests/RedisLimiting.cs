using AsyncMQ.Conformance.Limiting;

namespace AsyncMQ.Redis.Tests;

public sealed class RedisHoldTests() : HoldTests(new RedisStores());

public sealed class RedisKeyTurnTests() : KeyTurnTests(new RedisStores());

public sealed class RedisLimitConcurrencyTests() : LimitConcurrencyTests(new RedisStores());

public sealed class RedisQueueLimitTests() : QueueLimitTests(new RedisStores());

public sealed class RedisStrictOrderTests() : StrictOrderTests(new RedisStores());
