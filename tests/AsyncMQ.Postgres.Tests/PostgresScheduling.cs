using AsyncMQ.Conformance.Scheduling;

namespace AsyncMQ.Postgres.Tests;

[Trait("Length", "Long")]
public sealed class PostgresScheduleTests() : ScheduleTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresScheduleCommandTests() : ScheduleCommandTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresTickTests() : TickTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresOccurrenceTests() : OccurrenceTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresDueTests() : DueTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresRepeatedScheduleStepTests() : RepeatedScheduleStepTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresScheduleConcurrencyTests() : ScheduleConcurrencyTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresRepeatableTests() : RepeatableTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresRepeatableCommandTests() : RepeatableCommandTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresRepeatableRunningTests() : RepeatableRunningTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresRepeatableSetupTests() : RepeatableSetupTests(new PostgresStores());
