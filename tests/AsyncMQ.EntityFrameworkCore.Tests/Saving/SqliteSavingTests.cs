namespace AsyncMQ.EntityFrameworkCore.Tests.Saving;

public sealed class SqliteSavingTests(SqliteShop shop) : DirectSavingTests(shop), IClassFixture<SqliteShop>;
