using AsyncMQ.Conformance.Scheduling;

namespace AsyncMQ.Redis.Tests;

public sealed class RedisScheduleTests() : ScheduleTests(new RedisStores());

public sealed class RedisScheduleCommandTests() : ScheduleCommandTests(new RedisStores());

public sealed class RedisTickTests() : TickTests(new RedisStores());

public sealed class RedisOccurrenceTests() : OccurrenceTests(new RedisStores());

public sealed class RedisDueTests() : DueTests(new RedisStores());

public sealed class RedisRepeatedScheduleStepTests() : RepeatedScheduleStepTests(new RedisStores());

public sealed class RedisScheduleConcurrencyTests() : ScheduleConcurrencyTests(new RedisStores());

public sealed class RedisRepeatableTests() : RepeatableTests(new RedisStores());

public sealed class RedisRepeatableCommandTests() : RepeatableCommandTests(new RedisStores());

public sealed class RedisRepeatableRunningTests() : RepeatableRunningTests(new RedisStores());

public sealed class RedisRepeatableSetupTests() : RepeatableSetupTests(new RedisStores());
