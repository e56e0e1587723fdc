using AsyncMQ.Conformance;

namespace AsyncMQ.Redis.Tests;

public sealed class RedisAddTests() : AddTests(new RedisStores());

public sealed class RedisAdministerTests() : AdministerTests(new RedisStores());

public sealed class RedisAttemptTests() : AttemptTests(new RedisStores());

public sealed class RedisAuditTests() : AuditTests(new RedisStores());

public sealed class RedisCancelTests() : CancelTests(new RedisStores());

public sealed class RedisClaimantsTests() : ClaimantsTests(new RedisStores(), walks: 3);

public sealed class RedisClaimTests() : ClaimTests(new RedisStores());

public sealed class RedisClockTests() : ClockTests(new RedisStores());

public sealed class RedisConcurrencyTests() : ConcurrencyTests(new RedisStores());

public sealed class RedisCountTests() : CountTests(new RedisStores());

public sealed class RedisCustomIdTests() : CustomIdTests(new RedisStores());

public sealed class RedisDeduplicationTests() : DeduplicationTests(new RedisStores());

public sealed class RedisDelayTests() : DelayTests(new RedisStores());

public sealed class RedisHistoryTests() : HistoryTests(new RedisStores(), rounds: 8);

public sealed class RedisKeptAddTests() : KeptAddTests(new RedisStores());

public sealed class RedisLifeCycleTests() : LifeCycleTests(new RedisStores(), walks: 25);

public sealed class RedisLostReplyTests() : LostReplyTests(new RedisStores());

public sealed class RedisOpaqueBytesTests() : OpaqueBytesTests(new RedisStores());

public sealed class RedisOrderTests() : OrderTests(new RedisStores());

public sealed class RedisPageTests() : PageTests(new RedisStores());

public sealed class RedisParkTests() : ParkTests(new RedisStores());

public sealed class RedisPausedQueueTests() : PausedQueueTests(new RedisStores());

public sealed class RedisQueueTests() : QueueTests(new RedisStores());

public sealed class RedisRecoverTests() : RecoverTests(new RedisStores());

public sealed class RedisReopenTests() : ReopenTests(new RedisStores());

public sealed class RedisRepeatableStepTests() : RepeatableStepTests(new RedisStores());

public sealed class RedisReportTests() : ReportTests(new RedisStores());

public sealed class RedisRetentionTests() : RetentionTests(new RedisStores());

public sealed class RedisSessionTests() : SessionTests(new RedisStores());

public sealed class RedisSettleTests() : SettleTests(new RedisStores());

public sealed class RedisStaleClaimTests() : StaleClaimTests(new RedisStores());

public sealed class RedisTtlTests() : TtlTests(new RedisStores());

public sealed class RedisWatchTests() : WatchTests(new RedisStores());

public sealed class RedisRandomOperationTests() : RandomOperationTests(new RedisStores(), sequences: 16);
