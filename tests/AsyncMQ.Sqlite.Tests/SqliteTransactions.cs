using AsyncMQ.Conformance.Transactions;

namespace AsyncMQ.Sqlite.Tests;

public sealed class SqliteDeferTests() : DeferTests(new SqliteStores());

public sealed class SqliteDeferredOutcomeTests() : DeferredOutcomeTests(new SqliteStores());

public sealed class SqliteTakingInTests() : TakingInTests(new SqliteStores());

public sealed class SqliteCompletionTests() : CompletionTests(new SqliteStores());

public sealed class SqliteCompletionEffectTests() : CompletionEffectTests(new SqliteStores());
