using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Tests.InMemory;

public sealed class InMemoryRunningTests() : RunningTests(new InMemoryStores());

public sealed class InMemoryServingTests() : ServingTests(new InMemoryStores());

public sealed class InMemoryWaitingTests() : WaitingTests(new InMemoryStores());

public sealed class InMemoryRetryTests() : RetryTests(new InMemoryStores());

public sealed class InMemoryPoisonTests() : PoisonTests(new InMemoryStores());

public sealed class InMemoryHandlerTests() : HandlerTests(new InMemoryStores());

public sealed class InMemoryLeaseTests() : LeaseTests(new InMemoryStores());

public sealed class InMemoryStoreFaultTests() : StoreFaultTests(new InMemoryStores());

public sealed class InMemoryDrainTests() : DrainTests(new InMemoryStores());

public sealed class InMemoryWorkerInstallationTests() : WorkerInstallationTests(new InMemoryStores());

public sealed class InMemoryEveryCallFailsTests() : EveryCallFailsTests(new InMemoryStores());

public sealed class InMemoryBatchOutcomeTests() : BatchOutcomeTests(new InMemoryStores());

public sealed class InMemoryBatchRunningTests() : BatchRunningTests(new InMemoryStores());

public sealed class InMemoryBatchStoppingTests() : BatchStoppingTests(new InMemoryStores());
