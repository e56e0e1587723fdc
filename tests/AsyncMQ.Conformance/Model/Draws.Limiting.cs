namespace AsyncMQ.Conformance.Model;

/// <content>Limits. Each kind of window has one length, that no sum of jumps is near to: what a longer one would still know of a shorter one is open.</content>
internal static partial class Draws
{
    private static readonly TimeSpan QueueWindow = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan KeyWindow = TimeSpan.FromSeconds(38);

    public static QueueLimits? Limits(this Random random) => random.Chance(15) ? null : new()
    {
        Concurrency = random.Chance(30) ? random.Next(1, 4) : null,
        Rate = random.Chance(30) ? new(random.Next(1, 5), QueueWindow) : null,
        PerKey = random.Chance(75) ? random.KeyLimits() : null,
    };

    public static KeyLimits KeyLimits(this Random random) => new()
    {
        Concurrency = random.Chance(45) ? random.Next(1, 3) : null,
        Rate = random.Chance(35) ? new(random.Next(1, 4), KeyWindow) : null,
        StrictOrder = random.Chance(30),
    };
}
