using AsyncMQ.Conformance.Sealing;

namespace AsyncMQ.Postgres.Tests;

[Trait("Length", "Long")]
public sealed class PostgresEncryptedRepeatableTests() : EncryptedRepeatableTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresPayloadTransformTests() : PayloadTransformTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresEncryptionTests() : EncryptionTests(new PostgresStores());
