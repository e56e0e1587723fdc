using AsyncMQ.Conformance.Producing;
using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Postgres.Tests;

[Trait("Length", "Long")]
public sealed class PostgresMiddlewareTests() : MiddlewareTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresWorkerHookTests() : WorkerHookTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresProducerMiddlewareTests() : ProducerMiddlewareTests(new PostgresStores());
