using AsyncMQ.Conformance.Scheduling;

namespace AsyncMQ.Tests.InMemory;

public sealed class InMemoryScheduleTests() : ScheduleTests(new InMemoryStores());

public sealed class InMemoryScheduleCommandTests() : ScheduleCommandTests(new InMemoryStores());

public sealed class InMemoryTickTests() : TickTests(new InMemoryStores());

public sealed class InMemoryOccurrenceTests() : OccurrenceTests(new InMemoryStores());

public sealed class InMemoryDueTests() : DueTests(new InMemoryStores());

public sealed class InMemoryRepeatedScheduleStepTests() : RepeatedScheduleStepTests(new InMemoryStores());

public sealed class InMemoryScheduleConcurrencyTests() : ScheduleConcurrencyTests(new InMemoryStores());

public sealed class InMemoryRepeatableTests() : RepeatableTests(new InMemoryStores());

public sealed class InMemoryRepeatableCommandTests() : RepeatableCommandTests(new InMemoryStores());

public sealed class InMemoryRepeatableRunningTests() : RepeatableRunningTests(new InMemoryStores());

public sealed class InMemoryRepeatableSetupTests() : RepeatableSetupTests(new InMemoryStores());
