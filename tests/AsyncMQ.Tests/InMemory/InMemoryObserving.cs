using AsyncMQ.Conformance.Observing;

namespace AsyncMQ.Tests.InMemory;

public sealed class InMemoryQuietSessionTests() : QuietSessionTests(new InMemoryStores());

public sealed class InMemoryQuietWorkerTests() : QuietWorkerTests(new InMemoryStores());

public sealed class InMemoryWorkerListTests() : WorkerListTests(new InMemoryStores());

public sealed class InMemoryMetricStoreTests() : MetricStoreTests(new InMemoryStores());

public sealed class InMemoryMeasuringTests() : MeasuringTests(new InMemoryStores());

public sealed class InMemoryWaitedTests() : WaitedTests(new InMemoryStores());
