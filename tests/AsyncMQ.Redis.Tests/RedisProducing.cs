using AsyncMQ.Conformance;

namespace AsyncMQ.Redis.Tests;

public sealed class RedisAddByClientTests() : AddByClientTests(new RedisStores());

public sealed class RedisAddOutcomeTests() : AddOutcomeTests(new RedisStores());

public sealed class RedisBulkTests() : BulkTests(new RedisStores());

public sealed class RedisDeduplicationByClientTests() : DeduplicationByClientTests(new RedisStores());

public sealed class RedisEnqueueTests() : EnqueueTests(new RedisStores());

public sealed class RedisInstallationTests() : InstallationTests(new RedisStores());

public sealed class RedisSharedRoundTripTests() : SharedRoundTripTests(new RedisStores());

public sealed class RedisStreamTests() : StreamTests(new RedisStores());

public sealed class RedisUncertainAddTests() : UncertainAddTests(new RedisStores());

public sealed class RedisWhatIsStoredTests() : WhatIsStoredTests(new RedisStores());

public sealed class RedisWhenToRunTests() : WhenToRunTests(new RedisStores());

public sealed class RedisLookingTests() : LookingTests(new RedisStores());

public sealed class RedisBadInputTests(FilledStore filled) : BadInputTests(new RedisStores(), filled);
