using AsyncMQ.Workers;

namespace AsyncMQ.Tests.Workers;

public class PumpSignalTests
{
    [Fact]
    public void A_signal_set_before_the_wait_ends_it_at_once()
    {
        var signal = new PumpSignal();
        signal.Set();

        Assert.True(signal.WaitAsync().IsCompleted);
    }

    [Fact]
    public async Task A_signal_set_during_the_wait_ends_it()
    {
        var signal = new PumpSignal();
        Task wait = signal.WaitAsync();
        Assert.False(wait.IsCompleted);

        signal.Set();
        signal.Set();

        await wait.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void A_signal_taken_back_is_waited_for_again()
    {
        var signal = new PumpSignal();
        signal.Set();
        signal.Reset();

        Assert.False(signal.WaitAsync().IsCompleted);
    }

    [Fact]
    public async Task No_news_is_lost_between_looking_and_waiting()
    {
        const int Rounds = 20_000;
        var signal = new PumpSignal();
        int produced = 0;
        int seen = 0;
        Task producer = Task.Run(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                Interlocked.Increment(ref produced);
                signal.Set();
                if (i % 64 == 0)
                    Thread.Yield();
            }
        });

        while (seen < Rounds)
        {
            signal.Reset();
            int now = Volatile.Read(ref produced);
            if (now > seen)
                seen = now;
            else
                await signal.WaitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }

        await producer;
    }
}
