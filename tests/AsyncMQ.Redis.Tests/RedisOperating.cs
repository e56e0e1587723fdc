using AsyncMQ.Conformance.Operating;

namespace AsyncMQ.Redis.Tests;

public sealed class RedisMovingPagesTests() : MovingPagesTests(new RedisStores());

public sealed class RedisFilterTests() : FilterTests(new RedisStores());

public sealed class RedisBulkChangeTests() : BulkChangeTests(new RedisStores());

public sealed class RedisPauseTests() : PauseTests(new RedisStores());

public sealed class RedisStoppingTests() : StoppingTests(new RedisStores());

public sealed class RedisKeepingTests() : KeepingTests(new RedisStores());

public sealed class RedisLookingOverTests() : LookingOverTests(new RedisStores());

public sealed class RedisObliterateTests() : ObliterateTests(new RedisStores());

public sealed class RedisOperationsTableTests() : OperationsTableTests(new RedisStores());

public sealed class RedisPagingTests() : PagingTests(new RedisStores());
