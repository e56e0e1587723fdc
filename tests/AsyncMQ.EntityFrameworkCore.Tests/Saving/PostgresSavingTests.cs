namespace AsyncMQ.EntityFrameworkCore.Tests.Saving;

public sealed class PostgresSavingTests(PostgresShop shop) : DirectSavingTests(shop), IClassFixture<PostgresShop>;
