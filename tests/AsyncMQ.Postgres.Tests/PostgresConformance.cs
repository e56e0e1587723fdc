using AsyncMQ.Conformance;

namespace AsyncMQ.Postgres.Tests;

public sealed class PostgresAddTests() : AddTests(new PostgresStores());

public sealed class PostgresAdministerTests() : AdministerTests(new PostgresStores());

public sealed class PostgresAttemptTests() : AttemptTests(new PostgresStores());

public sealed class PostgresAuditTests() : AuditTests(new PostgresStores());

public sealed class PostgresCancelTests() : CancelTests(new PostgresStores());

public sealed class PostgresClaimantsTests() : ClaimantsTests(new PostgresStores(), walks: 3);

public sealed class PostgresClaimTests() : ClaimTests(new PostgresStores());

public sealed class PostgresClockTests() : ClockTests(new PostgresStores());

public sealed class PostgresConcurrencyTests() : ConcurrencyTests(new PostgresStores());

public sealed class PostgresCountTests() : CountTests(new PostgresStores());

public sealed class PostgresCustomIdTests() : CustomIdTests(new PostgresStores());

public sealed class PostgresDeduplicationTests() : DeduplicationTests(new PostgresStores());

public sealed class PostgresDelayTests() : DelayTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresHistoryTests() : HistoryTests(new PostgresStores(), rounds: 5);

public sealed class PostgresKeptAddTests() : KeptAddTests(new PostgresStores());

public sealed class PostgresLifeCycleTests() : LifeCycleTests(new PostgresStores(), walks: 25);

public sealed class PostgresLostReplyTests() : LostReplyTests(new PostgresStores());

public sealed class PostgresOpaqueBytesTests() : OpaqueBytesTests(new PostgresStores());

public sealed class PostgresOrderTests() : OrderTests(new PostgresStores());

public sealed class PostgresPageTests() : PageTests(new PostgresStores());

public sealed class PostgresParkTests() : ParkTests(new PostgresStores());

public sealed class PostgresPausedQueueTests() : PausedQueueTests(new PostgresStores());

public sealed class PostgresQueueTests() : QueueTests(new PostgresStores());

public sealed class PostgresRecoverTests() : RecoverTests(new PostgresStores());

public sealed class PostgresReopenTests() : ReopenTests(new PostgresStores());

public sealed class PostgresRepeatableStepTests() : RepeatableStepTests(new PostgresStores());

public sealed class PostgresReportTests() : ReportTests(new PostgresStores());

public sealed class PostgresRetentionTests() : RetentionTests(new PostgresStores());

public sealed class PostgresSessionTests() : SessionTests(new PostgresStores());

public sealed class PostgresSettleTests() : SettleTests(new PostgresStores());

public sealed class PostgresStaleClaimTests() : StaleClaimTests(new PostgresStores());

public sealed class PostgresTtlTests() : TtlTests(new PostgresStores());

public sealed class PostgresWatchTests() : WatchTests(new PostgresStores());

public sealed class PostgresRandomOperationTests() : RandomOperationTests(new PostgresStores(), sequences: 12);
