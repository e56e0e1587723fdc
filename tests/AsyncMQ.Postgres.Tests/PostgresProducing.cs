using AsyncMQ.Conformance;

namespace AsyncMQ.Postgres.Tests;

[Trait("Length", "Long")]
public sealed class PostgresAddByClientTests() : AddByClientTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresAddOutcomeTests() : AddOutcomeTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresBulkTests() : BulkTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresDeduplicationByClientTests() : DeduplicationByClientTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresEnqueueTests() : EnqueueTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresInstallationTests() : InstallationTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresSharedRoundTripTests() : SharedRoundTripTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresStreamTests() : StreamTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresUncertainAddTests() : UncertainAddTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresWhatIsStoredTests() : WhatIsStoredTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresWhenToRunTests() : WhenToRunTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresLookingTests() : LookingTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresBadInputTests(FilledStore filled) : BadInputTests(new PostgresStores(), filled);
