using AsyncMQ.Conformance;
using AsyncMQ.Conformance.Linking;
using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Postgres.Tests.Pooled;

// The core of the suite, through PgBouncer in transaction mode. Not what is about signals: nobody hears them there.

public sealed class PooledAddTests() : AddTests(new PooledStores());

public sealed class PooledBulkTests() : BulkTests(new PooledStores());

public sealed class PooledClaimTests() : ClaimTests(new PooledStores());

public sealed class PooledConcurrencyTests() : ConcurrencyTests(new PooledStores());

public sealed class PooledDeduplicationTests() : DeduplicationTests(new PooledStores());

public sealed class PooledDelayTests() : DelayTests(new PooledStores());

[Trait("Length", "Long")]
public sealed class PooledFlowTests() : FlowStoreTests(new PooledStores());

public sealed class PooledLostReplyTests() : LostReplyTests(new PooledStores());

public sealed class PooledOrderTests() : OrderTests(new PooledStores());

public sealed class PooledPausedQueueTests() : PausedQueueTests(new PooledStores());

public sealed class PooledRecoverTests() : RecoverTests(new PooledStores());

public sealed class PooledRepeatableStepTests() : RepeatableStepTests(new PooledStores());

public sealed class PooledSessionTests() : SessionTests(new PooledStores());

public sealed class PooledSettleTests() : SettleTests(new PooledStores());

[Trait("Length", "Long")]
public sealed class PooledRunningTests() : RunningTests(new PooledStores());
