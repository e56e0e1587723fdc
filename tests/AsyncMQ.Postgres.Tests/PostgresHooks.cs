using AsyncMQ.Conformance.Producing;
using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Postgres.Tests;

public sealed class PostgresMiddlewareTests() : MiddlewareTests(new PostgresStores());

public sealed class PostgresWorkerHookTests() : WorkerHookTests(new PostgresStores());

public sealed class PostgresProducerMiddlewareTests() : ProducerMiddlewareTests(new PostgresStores());
