using AsyncMQ.Conformance.Sealing;

namespace AsyncMQ.Sqlite.Tests;

public sealed class SqliteEncryptionTests() : EncryptionTests(new SqliteStores());

public sealed class SqliteEncryptedRepeatableTests() : EncryptedRepeatableTests(new SqliteStores());

public sealed class SqlitePayloadTransformTests() : PayloadTransformTests(new SqliteStores());
