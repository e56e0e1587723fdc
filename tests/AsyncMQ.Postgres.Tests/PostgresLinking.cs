using AsyncMQ.Conformance;
using AsyncMQ.Conformance.Flows;

namespace AsyncMQ.Postgres.Tests;

[Trait("Length", "Long")]
public sealed class PostgresDependencyTests() : DependencyTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresDependencyAddTests() : DependencyAddTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresDependencyAdministrationTests() : DependencyAdministrationTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresDependencyCascadeTests() : DependencyCascadeTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresDependencyReleaseTests() : DependencyReleaseTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresDependencyRetryTests() : DependencyRetryTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresRandomDagTests() : RandomDagTests(new PostgresStores(), rounds: 8);

[Trait("Length", "Long")]
public sealed class PostgresFlowStoreTests() : FlowStoreTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresFlowAddTests() : FlowAddTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresFlowLookTests() : FlowLookTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresFlowChangeTests() : FlowChangeTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresFlowRunningTests() : FlowRunningTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresFlowInsideTests() : FlowInsideTests(new PostgresStores());

[Trait("Length", "Long")]
public sealed class PostgresFanInTests() : FanInTests(new PostgresStores());
