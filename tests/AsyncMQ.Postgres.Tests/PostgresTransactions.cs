using AsyncMQ.Conformance.Transactions;

namespace AsyncMQ.Postgres.Tests;

public sealed class PostgresCompletionEffectTests() : CompletionEffectTests(new PostgresStores());

public sealed class PostgresCompletionTests() : CompletionTests(new PostgresStores());

public sealed class PostgresDeferredOutcomeTests() : DeferredOutcomeTests(new PostgresStores());

public sealed class PostgresDeferTests() : DeferTests(new PostgresStores());

public sealed class PostgresTakingInTests() : TakingInTests(new PostgresStores());
