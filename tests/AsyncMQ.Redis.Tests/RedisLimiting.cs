using AsyncMQ.Conformance.Inspecting;
using AsyncMQ.Conformance.Limiting;

namespace AsyncMQ.Redis.Tests;

public sealed class RedisHoldTests() : HoldTests(new RedisStores());

public sealed class RedisKeyTurnTests() : KeyTurnTests(new RedisStores(), backlog: 50_000);

public sealed class RedisLimitConcurrencyTests() : LimitConcurrencyTests(new RedisStores());

public sealed class RedisQueueLimitTests() : QueueLimitTests(new RedisStores());

public sealed class RedisStrictOrderTests() : StrictOrderTests(new RedisStores());

public sealed class RedisKeyLimitTests() : KeyLimitTests(new RedisStores());

public sealed class RedisLimitedWorkTests() : LimitedWorkTests(new RedisStores());

public sealed class RedisExplainTests() : ExplainTests(new RedisStores());
