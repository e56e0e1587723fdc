using AsyncMQ.Seams;
using AsyncMQ.Workers;

namespace AsyncMQ.Tests.Workers;

/// <summary>When the scheduling loop is woken.</summary>
public sealed class AlarmTests : IDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);
    private readonly HandClock clock = new();
    private readonly Alarm alarm;

    public AlarmTests() => alarm = new(RuntimeSeams.System with { Time = clock });

    public void Dispose() => alarm.Dispose();

    [Fact]
    public void It_rings_when_the_time_is_over()
    {
        Task sleep = Sleep(TimeSpan.FromSeconds(10));

        clock.Move(TimeSpan.FromSeconds(10) - Moment);
        Assert.False(IsOver(sleep));
        clock.Move(Moment);
        Assert.True(IsOver(sleep));
    }

    [Fact]
    public void Without_a_time_it_rings_only_when_told()
    {
        Task sleep = Sleep(null);
        clock.Move(TimeSpan.FromDays(1_000));
        Assert.False(IsOver(sleep));

        alarm.Ring();
        Assert.True(IsOver(sleep));
    }

    [Fact]
    public void What_rings_between_looking_and_sleeping_is_not_missed()
    {
        alarm.Look();
        alarm.Ring();

        Assert.True(IsOver(alarm.SleepAsync(null)));
    }

    [Fact]
    public void A_sleep_of_years_is_broken_off_each_day()
    {
        Task sleep = Sleep(TimeSpan.FromDays(36_500));

        clock.Move(TimeSpan.FromDays(1));

        Assert.True(IsOver(sleep));
    }

    [Fact]
    public void A_hint_long_after_the_last_look_rings_at_once()
    {
        Task sleep = Sleep(null);
        clock.Move(TimeSpan.FromSeconds(1));

        alarm.RingSoon();
        clock.Move(Moment);

        Assert.True(IsOver(sleep));
    }

    [Fact]
    public void Hints_without_end_ring_four_times_a_second()
    {
        int looks = 0;
        Task sleep = Sleep(TimeSpan.FromHours(1));
        for (int milliseconds = 0; milliseconds < 10_000; milliseconds++)
        {
            alarm.RingSoon();
            clock.Move(Moment);
            if (IsOver(sleep))
            {
                looks++;
                sleep = Sleep(TimeSpan.FromHours(1));
            }
        }

        Assert.InRange(looks, 38, 41);
    }

    [Fact]
    public void A_hint_while_awake_is_looked_at_when_its_time_comes()
    {
        alarm.Look();
        alarm.RingSoon();
        Task sleep = alarm.SleepAsync(TimeSpan.FromHours(1));

        Assert.False(IsOver(sleep));
        clock.Move(TimeSpan.FromMilliseconds(250));
        Assert.True(IsOver(sleep));
    }

    [Fact]
    public void News_of_an_earlier_time_rings_and_what_was_known_does_not()
    {
        Task sleep = Sleep(TimeSpan.FromSeconds(60));

        alarm.Expect(TimeSpan.FromSeconds(60));
        alarm.Expect(TimeSpan.FromSeconds(59.5));
        alarm.Expect(TimeSpan.FromDays(100));
        Assert.False(IsOver(sleep));

        alarm.Expect(TimeSpan.FromSeconds(30));
        Assert.True(IsOver(sleep));
    }

    [Fact]
    public void News_of_any_time_rings_who_sleeps_without_end()
    {
        Task sleep = Sleep(null);

        alarm.Expect(TimeSpan.FromHours(20));

        Assert.True(IsOver(sleep));
    }

    private Task Sleep(TimeSpan? time)
    {
        alarm.Look();
        return alarm.SleepAsync(time);
    }

    // The sleeper goes on on the pool; that nobody waits any more is known at once.
    private bool IsOver(Task sleep) => sleep.IsCompleted || !alarm.IsWaitedFor;
}
