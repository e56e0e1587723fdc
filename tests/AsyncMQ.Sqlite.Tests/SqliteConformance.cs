using AsyncMQ.Conformance;

namespace AsyncMQ.Sqlite.Tests;

public sealed class SqliteAddTests() : AddTests(new SqliteStores());

public sealed class SqliteAdministerTests() : AdministerTests(new SqliteStores());

public sealed class SqliteAttemptTests() : AttemptTests(new SqliteStores());

public sealed class SqliteAuditTests() : AuditTests(new SqliteStores());

public sealed class SqliteCancelTests() : CancelTests(new SqliteStores());

public sealed class SqliteClaimantsTests() : ClaimantsTests(new SqliteStores());

public sealed class SqliteClaimTests() : ClaimTests(new SqliteStores());

public sealed class SqliteClockTests() : ClockTests(new SqliteStores());

public sealed class SqliteConcurrencyTests() : ConcurrencyTests(new SqliteStores());

public sealed class SqliteCountTests() : CountTests(new SqliteStores());

public sealed class SqliteCustomIdTests() : CustomIdTests(new SqliteStores());

public sealed class SqliteDeduplicationTests() : DeduplicationTests(new SqliteStores());

public sealed class SqliteDelayTests() : DelayTests(new SqliteStores());

public sealed class SqliteHistoryTests() : HistoryTests(new SqliteStores(), rounds: 15);

public sealed class SqliteKeptAddTests() : KeptAddTests(new SqliteStores());

public sealed class SqliteLifeCycleTests() : LifeCycleTests(new SqliteStores());

public sealed class SqliteLostReplyTests() : LostReplyTests(new SqliteStores());

public sealed class SqliteOpaqueBytesTests() : OpaqueBytesTests(new SqliteStores());

public sealed class SqliteOrderTests() : OrderTests(new SqliteStores());

public sealed class SqlitePageTests() : PageTests(new SqliteStores());

public sealed class SqliteParkTests() : ParkTests(new SqliteStores());

public sealed class SqlitePausedQueueTests() : PausedQueueTests(new SqliteStores());

public sealed class SqliteQueueTests() : QueueTests(new SqliteStores());

public sealed class SqliteRecoverTests() : RecoverTests(new SqliteStores());

public sealed class SqliteReopenTests() : ReopenTests(new SqliteStores());

public sealed class SqliteRepeatableStepTests() : RepeatableStepTests(new SqliteStores());

public sealed class SqliteReportTests() : ReportTests(new SqliteStores());

public sealed class SqliteRetentionTests() : RetentionTests(new SqliteStores());

public sealed class SqliteSessionTests() : SessionTests(new SqliteStores());

public sealed class SqliteSettleTests() : SettleTests(new SqliteStores());

public sealed class SqliteStaleClaimTests() : StaleClaimTests(new SqliteStores());

public sealed class SqliteTtlTests() : TtlTests(new SqliteStores());

public sealed class SqliteWatchTests() : WatchTests(new SqliteStores());

public sealed class SqliteRandomDagTests() : RandomDagTests(new SqliteStores(), rounds: 15);

public sealed class SqliteRandomOperationTests() : RandomOperationTests(new SqliteStores(), sequences: 100);
