using AsyncMQ.Conformance;

namespace AsyncMQ.Tests.InMemory;

public sealed class InMemoryAddTests() : AddTests(new InMemoryStores());

public sealed class InMemoryAdministerTests() : AdministerTests(new InMemoryStores());

public sealed class InMemoryAttemptTests() : AttemptTests(new InMemoryStores());

public sealed class InMemoryAuditTests() : AuditTests(new InMemoryStores());

public sealed class InMemoryCancelTests() : CancelTests(new InMemoryStores());

public sealed class InMemoryClaimantsTests() : ClaimantsTests(new InMemoryStores(), everyTransition: true);

public sealed class InMemoryClaimTests() : ClaimTests(new InMemoryStores());

public sealed class InMemoryClockTests() : ClockTests(new InMemoryStores());

public sealed class InMemoryConcurrencyTests() : ConcurrencyTests(new InMemoryStores());

public sealed class InMemoryCountTests() : CountTests(new InMemoryStores());

public sealed class InMemoryCustomIdTests() : CustomIdTests(new InMemoryStores());

public sealed class InMemoryDeduplicationTests() : DeduplicationTests(new InMemoryStores());

public sealed class InMemoryDelayTests() : DelayTests(new InMemoryStores());

public sealed class InMemoryHistoryTests() : HistoryTests(new InMemoryStores(), rounds: 150);

public sealed class InMemoryKeptAddTests() : KeptAddTests(new InMemoryStores());

public sealed class InMemoryLifeCycleTests() : LifeCycleTests(new InMemoryStores(), everyTransition: true);

public sealed class InMemoryLostReplyTests() : LostReplyTests(new InMemoryStores());

public sealed class InMemoryOpaqueBytesTests() : OpaqueBytesTests(new InMemoryStores());

public sealed class InMemoryOrderTests() : OrderTests(new InMemoryStores());

public sealed class InMemoryPageTests() : PageTests(new InMemoryStores());

public sealed class InMemoryParkTests() : ParkTests(new InMemoryStores());

public sealed class InMemoryPausedQueueTests() : PausedQueueTests(new InMemoryStores());

public sealed class InMemoryQueueTests() : QueueTests(new InMemoryStores());

public sealed class InMemoryRecoverTests() : RecoverTests(new InMemoryStores());

public sealed class InMemoryReopenTests() : ReopenTests(new InMemoryStores());

public sealed class InMemoryRepeatableStepTests() : RepeatableStepTests(new InMemoryStores());

public sealed class InMemoryReportTests() : ReportTests(new InMemoryStores());

public sealed class InMemoryRetentionTests() : RetentionTests(new InMemoryStores());

public sealed class InMemorySessionTests() : SessionTests(new InMemoryStores());

public sealed class InMemorySettleTests() : SettleTests(new InMemoryStores());

public sealed class InMemoryStaleClaimTests() : StaleClaimTests(new InMemoryStores());

public sealed class InMemoryTtlTests() : TtlTests(new InMemoryStores());

public sealed class InMemoryWatchTests() : WatchTests(new InMemoryStores());

public sealed class InMemoryRandomDagTests() : RandomDagTests(new InMemoryStores());

public sealed class InMemoryRandomOperationTests() : RandomOperationTests(new InMemoryStores());
