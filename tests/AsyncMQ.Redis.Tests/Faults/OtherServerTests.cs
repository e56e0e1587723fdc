using AsyncMQ.Conformance;
using AsyncMQ.Conformance.Scheduling;
using AsyncMQ.Conformance.Working;
using AsyncMQ.Redis.Tests.Faults.Kit;

namespace AsyncMQ.Redis.Tests.Faults;

// A part of the suite on servers that are set up otherwise: with a password and TLS, and as a cluster.

public sealed class SecuredSettleTests() : SettleTests(new SecuredStores());

public sealed class SecuredOpaqueBytesTests() : OpaqueBytesTests(new SecuredStores());

public sealed class SecuredRunningTests() : RunningTests(new SecuredStores());

public sealed class SecuredWatchTests() : WatchTests(new SecuredStores());

public sealed class ClusterSettleTests() : SettleTests(new ClusterStores());

public sealed class ClusterAddTests() : AddTests(new ClusterStores());

public sealed class ClusterDeduplicationTests() : DeduplicationTests(new ClusterStores());

public sealed class ClusterRecoverTests() : RecoverTests(new ClusterStores());

public sealed class ClusterReportTests() : ReportTests(new ClusterStores());

public sealed class ClusterRetentionTests() : RetentionTests(new ClusterStores());

public sealed class ClusterRunningTests() : RunningTests(new ClusterStores());

public sealed class ClusterTickTests() : TickTests(new ClusterStores());

public sealed class ClusterWatchTests() : WatchTests(new ClusterStores());

/// <summary>What is told, and what is not, when the password is wrong.</summary>
public sealed class PasswordTests
{
    [Fact]
    public async Task A_password_in_the_configuration_lets_in_and_is_in_no_text()
    {
        await using OwnServer server = await OwnServer.StartAsync($",password={SecuredStores.Password}", ["--requirepass", SecuredStores.Password]);
        await using IJobStore store = await RedisStores.OpenAsync(new() { Configuration = $"{server.Address},password={SecuredStores.Password}" });

        Assert.NotEqual(default, await store.GetTimeAsync(TestContext.Current.CancellationToken));
        Assert.Equal($"Redis {server.Address}, installation asyncmq", store.Description);
    }

    [Theory]
    [InlineData(",password=not-the-secret")]
    [InlineData("")]
    public async Task A_wrong_password_is_told_without_it(string credentials)
    {
        await using OwnServer server = await OwnServer.StartAsync($",password={SecuredStores.Password}", ["--requirepass", SecuredStores.Password]);
        await using var store = new RedisJobStore(new() { Configuration = $"{server.Address}{credentials}" });

        StoreException error = await Assert.ThrowsAnyAsync<StoreException>(() => store.StartAsync(TestContext.Current.CancellationToken));

        TestContext.Current.TestOutputHelper?.WriteLine($"{error.GetType().Name}: {error.Message}");
        Assert.Contains("auth", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("not-the-secret", error.ToString(), StringComparison.Ordinal);
    }
}
