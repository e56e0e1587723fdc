using AsyncMQ.Conformance.Producing;
using AsyncMQ.Conformance.Working;

namespace AsyncMQ.Sqlite.Tests;

public sealed class SqliteMiddlewareTests() : MiddlewareTests(new SqliteStores());

public sealed class SqliteProducerMiddlewareTests() : ProducerMiddlewareTests(new SqliteStores());

public sealed class SqliteWorkerHookTests() : WorkerHookTests(new SqliteStores());
