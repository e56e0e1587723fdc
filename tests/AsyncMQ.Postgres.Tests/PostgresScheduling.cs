using AsyncMQ.Conformance.Scheduling;

namespace AsyncMQ.Postgres.Tests;

public sealed class PostgresScheduleTests() : ScheduleTests(new PostgresStores());

public sealed class PostgresScheduleCommandTests() : ScheduleCommandTests(new PostgresStores());

public sealed class PostgresTickTests() : TickTests(new PostgresStores());

public sealed class PostgresOccurrenceTests() : OccurrenceTests(new PostgresStores());

public sealed class PostgresDueTests() : DueTests(new PostgresStores());

public sealed class PostgresRepeatedScheduleStepTests() : RepeatedScheduleStepTests(new PostgresStores());

public sealed class PostgresScheduleConcurrencyTests() : ScheduleConcurrencyTests(new PostgresStores());

public sealed class PostgresRepeatableTests() : RepeatableTests(new PostgresStores());

public sealed class PostgresRepeatableCommandTests() : RepeatableCommandTests(new PostgresStores());

public sealed class PostgresRepeatableRunningTests() : RepeatableRunningTests(new PostgresStores());

public sealed class PostgresRepeatableSetupTests() : RepeatableSetupTests(new PostgresStores());
