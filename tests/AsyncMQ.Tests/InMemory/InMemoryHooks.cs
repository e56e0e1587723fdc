using AsyncMQ.Conformance.Producing;
using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Tests.InMemory;

public sealed class InMemoryMiddlewareTests() : MiddlewareTests(new InMemoryStores());

public sealed class InMemoryProducerMiddlewareTests() : ProducerMiddlewareTests(new InMemoryStores());

public sealed class InMemoryWorkerHookTests() : WorkerHookTests(new InMemoryStores());
