namespace AsyncMQ.EntityFrameworkCore.Tests.Saving;

public sealed class OutboxSavingTests(OutboxShop shop) : SavingTests(shop), IClassFixture<OutboxShop>;
