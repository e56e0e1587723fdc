using AsyncMQ.Conformance;
using AsyncMQ.Conformance.Flows;

namespace AsyncMQ.Redis.Tests;

public sealed class RedisDependencyTests() : DependencyTests(new RedisStores());

public sealed class RedisDependencyAddTests() : DependencyAddTests(new RedisStores());

public sealed class RedisDependencyAdministrationTests() : DependencyAdministrationTests(new RedisStores());

public sealed class RedisDependencyCascadeTests() : DependencyCascadeTests(new RedisStores());

public sealed class RedisDependencyReleaseTests() : DependencyReleaseTests(new RedisStores());

public sealed class RedisDependencyRetryTests() : DependencyRetryTests(new RedisStores());

public sealed class RedisRandomDagTests() : RandomDagTests(new RedisStores(), rounds: 8);

public sealed class RedisFlowStoreTests() : FlowStoreTests(new RedisStores());

public sealed class RedisFlowAddTests() : FlowAddTests(new RedisStores());

public sealed class RedisFlowLookTests() : FlowLookTests(new RedisStores());

public sealed class RedisFlowChangeTests() : FlowChangeTests(new RedisStores());

public sealed class RedisFlowRunningTests() : FlowRunningTests(new RedisStores());

public sealed class RedisFlowInsideTests() : FlowInsideTests(new RedisStores());

public sealed class RedisFanInTests() : FanInTests(new RedisStores());
