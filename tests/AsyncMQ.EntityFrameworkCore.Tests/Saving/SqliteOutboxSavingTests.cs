namespace AsyncMQ.EntityFrameworkCore.Tests.Saving;

public sealed class SqliteOutboxSavingTests(SqliteOutboxShop shop) : SavingTests(shop), IClassFixture<SqliteOutboxShop>;
