using System.Diagnostics;
using AsyncMQ.OutboxWorker;

namespace AsyncMQ.EntityFrameworkCore.Tests.Outboxes;

/// <summary>A process with a relay, killed after each of its steps.</summary>
public sealed class RelayKillTests
{
    [Theory]
    [InlineData("Read")]
    [InlineData("Added")]
    [InlineData("Deleted")]
    public async Task Each_job_runs_once_though_relays_are_killed_at_that_step(string step)
    {
        await using Outbox outbox = await Outbox.CreateAsync();
        await outbox.WriteAsync(30);
        for (int kills = 0; kills < 2; kills++)
        {
            if (kills == 1 && step == "Deleted")
                await outbox.WriteAsync(30, "more"); // a process gets to this step only when there are rows
            await RunToItsEndAsync(outbox, step);
        }

        int left = await outbox.RowsAsync();
        Assert.Equal(step == "Deleted" ? 0 : 30, left);
        Assert.Equal(step switch { "Read" => 0, "Added" => 30, _ => 60 }, (await outbox.Client.GetQueue("default").GetStatsAsync()).Waiting);

        outbox.StartRelay();
        await Wait.UntilAsync("the outbox is empty", async () => await outbox.RowsAsync() == 0);
        IReadOnlyList<string> runs = await outbox.RunAllAsync();
        Assert.Equal(runs.Distinct(), runs);
        Assert.Equal(step == "Deleted" ? 60 : 30, runs.Count);
    }

    private static async Task RunToItsEndAsync(Outbox outbox, string step)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])[typeof(ShopContext).Assembly.Location, outbox.Path, outbox.Redis, outbox.Installation, step])
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Wait.Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Assert.Fail($"The process did not get to {step}:\n{await output}\n{await errors}");
        }

        Assert.True(process.ExitCode == 128 + 9, $"The process ended with {process.ExitCode}:\n{await output}\n{await errors}");
    }
}
