using AsyncMQ.Queues;

namespace AsyncMQ.Tests.Queues;

public class EventBufferTests
{
    private readonly EventBuffer buffer = new(2);

    [Fact]
    public void Gaps_before_one_event_are_told_as_one_however_many_there_are()
    {
        Add("a", "b", "c", "d");
        buffer.AddGap(10);
        Assert.Equal(["a", "b", "-12"], TakeAll());

        buffer.AddGap(3);
        buffer.AddGap(4);
        Add("e");
        Assert.Equal(["-7", "e"], TakeAll());
    }

    [Fact]
    public void Of_a_known_and_an_unknown_gap_the_size_is_not_known()
    {
        buffer.AddGap(5);
        buffer.AddGap(null);
        buffer.AddGap(7);
        Add("a");
        Assert.Equal(["-?", "a"], TakeAll());

        buffer.AddGap(1);
        Assert.Equal(["-1"], TakeAll());
    }

    [Fact]
    public void A_gap_wakes_the_reader_and_closing_does()
    {
        Assert.False(buffer.TryTake(out _, out Task? wait));
        buffer.AddGap(1);
        Assert.True(wait!.IsCompleted);
        TakeAll();

        Assert.False(buffer.TryTake(out _, out wait));
        buffer.AddGap(1);
        buffer.Close();
        Assert.True(wait!.IsCompleted);
    }

    private void Add(params IEnumerable<string> ids)
    {
        foreach (string id in ids)
            buffer.Add(new() { Kind = JobEventKinds.Added, At = DateTimeOffset.UnixEpoch, Id = id });
    }

    private string[] TakeAll()
    {
        List<string> taken = [];
        while (buffer.TryTake(out BufferedEvent next, out _))
            taken.Add(next.Event?.Id ?? $"-{next.Missed?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"}");
        return [.. taken];
    }
}
