using System.Globalization;
using System.Text;

namespace AsyncMQ.Conformance.Model;

/// <summary>What the random operations draw from: few names, so that they meet.</summary>
internal static partial class Draws
{
    public static readonly string[] DeduplicationIds = ["d1", "d2"];
    public static readonly string[] Keys = ["k1", "k2", "k3"];

    private static readonly string[] CustomIds = ["a", "b", "c", "d", "e", "f"];
    private static readonly int[] Priorities = [5, 5, 5, 1, 9];

    public static bool Chance(this Random random, int percent) => random.Next(100) < percent;

    public static T Of<T>(this Random random, params IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    public static TimeSpan Units(this Random random, int most) => random.Next(1, most + 1) * World.Unit;

    public static NewJob Job(this Random random, World world)
    {
        bool custom = random.Chance(60);
        string id = custom ? random.Of(CustomIds) : string.Create(CultureInfo.InvariantCulture, $"g{random.Next(100_000)}");
        NewJob job = Drafts.Job(id).In(random.Of(World.QueueNames)).Named(random.Of("work", "work", "rare"))
            .WithPriority(random.Of(Priorities)).WithPayload(Encoding.UTF8.GetBytes($"{random.Next()}")).WithStamp(random.NextInt64());
        if (custom)
            job = job.WithCustomId();
        if (random.Chance(45))
            job = job.WithKey(random.Of(Keys));
        if (random.Chance(10))
            job = job.WithResultWanted();
        if (random.Chance(20))
            job = job.Delayed(random.Units(4));
        else if (random.Chance(10))
            job = job.At(world.Now + (random.Next(-2, 4) * World.Unit) + World.Aside);
        if (random.Chance(15))
            job = job.ToLive(random.Units(4) + World.Aside);
        return random.Chance(40) ? job.Deduplicated(random.Deduplication()) : job;
    }

    private static Deduplication Deduplication(this Random random) => new(random.Of(DeduplicationIds))
    {
        Ttl = random.Chance(50) ? random.Units(4) : null,
        Extend = random.Chance(40),
        Replace = random.Chance(40),
        KeepLastIfActive = random.Chance(40),
    };

    /// <summary>A job that is there, mostly.</summary>
    public static JobRef Name(this Random random, World world)
    {
        ModelJob[] known = [.. world.Model.Jobs.OrderBy(job => job.Number)];
        ModelJob[] tied = [.. known.SelectMany(job => job.Edges).SelectMany(edge => new[] { edge.Dependent, edge.Dependency }).OfType<ModelJob>().Where(job => job.IsOnRecord)];
        if (tied is not [] && random.Chance(30))
            return random.Of(tied).Ref;
        return known.Length == 0 || random.Chance(10) ? new(random.Of(World.QueueNames), random.Of(CustomIds)) : random.Of(known).Ref;
    }

    public static Settlement Settlement(this Random random, ClaimedJob job) => new(
        job.Ref,
        job.Handle,
        job.Token,
        job.Flags,
        random.Of(Enum.GetValues<SettlementKind>()),
        random.Chance(50) ? Encoding.UTF8.GetBytes($"data {random.Next(1000)}") : default,
        random.Chance(50) ? random.Units(3) : random.Chance(30) ? World.HoldTime : default);
}
