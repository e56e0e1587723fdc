using AsyncMQ.Sqlite.Engine;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>Which commits wait for the disk: those that must survive a power cut.</summary>
public class DiskWaitTests
{
    private const string Waits = "2";
    private const string DoesNotWait = "1";

    [Theory]
    [InlineData(SqliteSynchronous.Full, false, Waits)]
    [InlineData(SqliteSynchronous.Full, true, DoesNotWait)]
    [InlineData(SqliteSynchronous.Normal, false, DoesNotWait)]
    [InlineData(SqliteSynchronous.Normal, true, DoesNotWait)]
    public async Task A_step_that_may_be_forgotten_does_not_wait_and_all_others_do_as_the_options_say(SqliteSynchronous synchronous, bool mayBeForgotten, string expected)
    {
        using Writer writer = Open(synchronous);

        for (int i = 0; i < 2; i++)
            Assert.Equal(expected, await Send(writer, Level(mayBeForgotten)));
        Assert.Equal(synchronous == SqliteSynchronous.Full ? Waits : DoesNotWait, await Send(writer, Level(mayBeForgotten: false)));
    }

    [Fact]
    public async Task One_that_shares_its_transaction_with_one_that_must_last_waits_with_it()
    {
        using Writer writer = Open(SqliteSynchronous.Full);
        using var bothAreThere = new ManualResetEventSlim();
        Task<string> before = Send(writer, new(true, (_, _) =>
        {
            bothAreThere.Wait();
            return "";
        }));
        Task<string> claim = Send(writer, Level(mayBeForgotten: true)), add = Send(writer, Level(mayBeForgotten: false));
        bothAreThere.Set();

        Assert.Equal(["", Waits, Waits], await Task.WhenAll(before, claim, add));
    }

    private static Writer Open(SqliteSynchronous synchronous) =>
        new(SqliteStores.NewPath(), new() { Path = "unused", Synchronous = synchronous }, TimeProvider.System, new(), new());

    private static WriterStep<bool, string> Level(bool mayBeForgotten) =>
        new(true, static (runner, _) => runner.Database.Query("PRAGMA synchronous")[0]) { MayBeForgotten = mayBeForgotten };

    private static Task<string> Send(Writer writer, WriterStep<bool, string> step)
    {
        writer.Send(step);
        return step.Task;
    }
}
