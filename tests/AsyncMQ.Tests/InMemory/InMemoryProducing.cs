using AsyncMQ.Conformance;

namespace AsyncMQ.Tests.InMemory;

public sealed class InMemoryAddByClientTests() : AddByClientTests(new InMemoryStores());

public sealed class InMemoryAddOutcomeTests() : AddOutcomeTests(new InMemoryStores());

public sealed class InMemoryBadInputTests(FilledStore filled) : BadInputTests(new InMemoryStores(), filled);

public sealed class InMemoryBulkTests() : BulkTests(new InMemoryStores());

public sealed class InMemoryDeduplicationByClientTests() : DeduplicationByClientTests(new InMemoryStores());

public sealed class InMemoryEnqueueTests() : EnqueueTests(new InMemoryStores());

public sealed class InMemoryInstallationTests() : InstallationTests(new InMemoryStores());

public sealed class InMemoryLookingTests() : LookingTests(new InMemoryStores());

public sealed class InMemorySharedRoundTripTests() : SharedRoundTripTests(new InMemoryStores());

public sealed class InMemoryStreamTests() : StreamTests(new InMemoryStores());

public sealed class InMemoryUncertainAddTests() : UncertainAddTests(new InMemoryStores());

public sealed class InMemoryWhatIsStoredTests() : WhatIsStoredTests(new InMemoryStores());

public sealed class InMemoryWhenToRunTests() : WhenToRunTests(new InMemoryStores());
