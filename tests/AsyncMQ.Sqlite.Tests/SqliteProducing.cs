using AsyncMQ.Conformance;

namespace AsyncMQ.Sqlite.Tests;

public sealed class SqliteAddByClientTests() : AddByClientTests(new SqliteStores());

public sealed class SqliteAddOutcomeTests() : AddOutcomeTests(new SqliteStores());

public sealed class SqliteBadInputTests(FilledStore filled) : BadInputTests(new SqliteStores(), filled);

public sealed class SqliteBulkTests() : BulkTests(new SqliteStores());

public sealed class SqliteDeduplicationByClientTests() : DeduplicationByClientTests(new SqliteStores());

public sealed class SqliteEnqueueTests() : EnqueueTests(new SqliteStores());

public sealed class SqliteInstallationTests() : InstallationTests(new SqliteStores());

public sealed class SqliteLookingTests() : LookingTests(new SqliteStores());

public sealed class SqliteSharedRoundTripTests() : SharedRoundTripTests(new SqliteStores());

public sealed class SqliteStreamTests() : StreamTests(new SqliteStores());

public sealed class SqliteUncertainAddTests() : UncertainAddTests(new SqliteStores());

public sealed class SqliteWhatIsStoredTests() : WhatIsStoredTests(new SqliteStores());

public sealed class SqliteWhenToRunTests() : WhenToRunTests(new SqliteStores());
