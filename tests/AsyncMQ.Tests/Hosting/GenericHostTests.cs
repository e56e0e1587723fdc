using AsyncMQ.Conformance.Working;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AsyncMQ.Tests.Hosting;

public class GenericHostTests
{
    [Fact]
    public async Task Workers_start_and_drain_with_the_host()
    {
        var gate = new Gate();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAsyncMQ(mq => mq
            .UseInMemory()
            .AddHandler("quick", (_, _) => Task.FromResult(1))
            .AddHandler("held", (_, token) => gate.Pass(token))
            .AddWorker("default"));
        using IHost host = builder.Build();
        var client = host.Services.GetRequiredService<IJobClient>();

        await host.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, (await (await client.AddAsync("quick")).Ends()).Get<int>());
        JobHandle held = await client.AddAsync("held");
        await gate.SomebodyWaits();
        Task stopping = host.StopAsync(TestContext.Current.CancellationToken);
        gate.Open();
        await stopping.WaitAsync(Hosts.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(JobState.Completed, await client.GetQueue("default").GetJobStateAsync(held.Id));
        JobHandle late = await client.AddAsync("quick");
        Assert.Equal(JobState.Waiting, await client.GetQueue("default").GetJobStateAsync(late.Id));
    }

    [Fact]
    public async Task A_host_that_cannot_start_says_why()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAsyncMQ(mq => mq.UseInMemory().AddWorker("default"));
        using IHost host = builder.Build();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Contains("AddHandler", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_store_the_choices_are_named()
    {
        var error = Assert.Throws<InvalidOperationException>(() => AsyncMQHost.Create(_ => { }));

        Assert.Contains("UseSqlite", error.Message, StringComparison.Ordinal);
        Assert.Contains("UseInMemory", error.Message, StringComparison.Ordinal);
    }
}
