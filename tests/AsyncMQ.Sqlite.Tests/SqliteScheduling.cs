using AsyncMQ.Conformance.Scheduling;

namespace AsyncMQ.Sqlite.Tests;

public sealed class SqliteScheduleTests() : ScheduleTests(new SqliteStores());

public sealed class SqliteScheduleCommandTests() : ScheduleCommandTests(new SqliteStores());

public sealed class SqliteTickTests() : TickTests(new SqliteStores());

public sealed class SqliteOccurrenceTests() : OccurrenceTests(new SqliteStores());

public sealed class SqliteDueTests() : DueTests(new SqliteStores());

public sealed class SqliteRepeatedScheduleStepTests() : RepeatedScheduleStepTests(new SqliteStores());

public sealed class SqliteScheduleConcurrencyTests() : ScheduleConcurrencyTests(new SqliteStores());

public sealed class SqliteRepeatableTests() : RepeatableTests(new SqliteStores());

public sealed class SqliteRepeatableCommandTests() : RepeatableCommandTests(new SqliteStores());

public sealed class SqliteRepeatableRunningTests() : RepeatableRunningTests(new SqliteStores());

public sealed class SqliteRepeatableSetupTests() : RepeatableSetupTests(new SqliteStores());
