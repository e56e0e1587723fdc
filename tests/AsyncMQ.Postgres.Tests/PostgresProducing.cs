using AsyncMQ.Conformance;

namespace AsyncMQ.Postgres.Tests;

public sealed class PostgresAddByClientTests() : AddByClientTests(new PostgresStores());

public sealed class PostgresAddOutcomeTests() : AddOutcomeTests(new PostgresStores());

public sealed class PostgresBulkTests() : BulkTests(new PostgresStores());

public sealed class PostgresDeduplicationByClientTests() : DeduplicationByClientTests(new PostgresStores());

public sealed class PostgresEnqueueTests() : EnqueueTests(new PostgresStores());

public sealed class PostgresInstallationTests() : InstallationTests(new PostgresStores());

public sealed class PostgresSharedRoundTripTests() : SharedRoundTripTests(new PostgresStores());

public sealed class PostgresStreamTests() : StreamTests(new PostgresStores());

public sealed class PostgresUncertainAddTests() : UncertainAddTests(new PostgresStores());

public sealed class PostgresWhatIsStoredTests() : WhatIsStoredTests(new PostgresStores());

public sealed class PostgresWhenToRunTests() : WhenToRunTests(new PostgresStores());

public sealed class PostgresLookingTests() : LookingTests(new PostgresStores());

public sealed class PostgresBadInputTests() : BadInputTests(new PostgresStores());
