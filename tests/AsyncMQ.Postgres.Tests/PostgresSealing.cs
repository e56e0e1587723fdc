using AsyncMQ.Conformance.Sealing;

namespace AsyncMQ.Postgres.Tests;

public sealed class PostgresEncryptedRepeatableTests() : EncryptedRepeatableTests(new PostgresStores());

public sealed class PostgresPayloadTransformTests() : PayloadTransformTests(new PostgresStores());

public sealed class PostgresEncryptionTests() : EncryptionTests(new PostgresStores());
