using AsyncMQ.Conformance.Sealing;

namespace AsyncMQ.Tests.InMemory;

public sealed class InMemoryEncryptionTests() : EncryptionTests(new InMemoryStores());

public sealed class InMemoryEncryptedRepeatableTests() : EncryptedRepeatableTests(new InMemoryStores());

public sealed class InMemoryPayloadTransformTests() : PayloadTransformTests(new InMemoryStores());
