using AsyncMQ.Simulation.Machine;

namespace AsyncMQ.Simulation.Living;

/// <summary>What people do with a process's client: bursts of everything, then quiet.</summary>
internal sealed partial class Users(World world)
{
    public const string First = "first", Second = "second", Scratch = "scratch", Children = "children";

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);
    private static readonly string[] Queues = [First, First, First, Second, Second, Scratch];
    private const int Remembered = 150;

    private readonly List<JobRef> jobs = [];

    /// <summary>Jobs that somebody may come back to.</summary>
    public List<JobRef> Jobs => jobs;

    public static string OwnOf(int place) => $"own-{place}";

    /// <summary>Uses a process until it stops.</summary>
    public async Task LiveAsync(SimulatedProcess process)
    {
        Chance chance = process.Chance.Fork();
        while (!process.IsStopping && !world.IsHealed)
        {
            await Task.Delay(chance.Around(world.Settings.Quiet), process.Clock);
            for (int left = chance.Below(12); left > 0 && !process.IsStopping && !world.IsHealed; left--)
            {
                Task act = TryAsync(process, () => chance.Is(550) ? AddAsync(process, chance) : AdministerAsync(process, chance));
                if (chance.Is(500))
                    await act;
                if (chance.Is(500))
                    await Task.Delay(chance.Spread(Moment, TimeSpan.FromSeconds(2)), process.Clock);
            }
        }
    }

    /// <summary>Adds a job to a process's own queue, and waits for its end.</summary>
    public static async Task ProbeAsync(SimulatedProcess process, Action done)
    {
        JobHandle job = await process.Host.Client.GetQueue(OwnOf(process.Place)).AddAsync(Handlers.Plain);
        await job.WaitAsync();
        done();
    }

    /// <summary>Does something, and takes what may come of it in a world like this.</summary>
    public async Task TryAsync(SimulatedProcess process, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (e is StoreException or AddOutcomeUnknownException or AddRefusedException or JobNotCompletedException or QueueNotEmptyException
            or IOException or TimeoutException || (e is ObjectDisposedException && process.IsStopping))
        {
            world.Say($"{process}: a user met {e.GetType().Name}");
        }
        catch (Exception e)
        {
            process.Blame($"A user met {e}");
        }
    }

    private async Task AddAsync(SimulatedProcess process, Chance chance)
    {
        IJobQueue queue = process.Host.Client.GetQueue(chance.Of(Queues));
        JobOptions options = Options(chance);
        switch (chance.Below(12))
        {
            case < 6:
                Remember(await queue.AddAsync(chance.Of(Handlers.Plain, Handlers.Plain, Handlers.Parent, Handlers.Rare), options: options));
                break;
            case < 8:
                JobHandle waited = await queue.AddAsync(Handlers.Counting, options: options);
                Remember(waited);
                await waited.WaitAsync();
                break;
            case 8:
                Remember(await queue.AddAsync(new FragileJob(), options));
                break;
            case 9:
                foreach (JobHandle added in await queue.AddBulkAsync([.. Specs(chance)]))
                    Remember(added);
                break;
            case 10:
                await foreach (JobHandle added in queue.AddBulkAsync(StreamAsync(process, chance)))
                    Remember(added);
                break;
            default:
                await Task.WhenAll(Enumerable.Range(0, 2 + chance.Below(8)).Select(async _ => Remember(await queue.AddAsync(Handlers.Plain, options: Options(chance)))));
                break;
        }
    }

    private static IEnumerable<JobSpec> Specs(Chance chance) =>
        Enumerable.Range(0, chance.Is(20) ? 300 : 1 + chance.Below(8)).Select(_ => JobSpec.Of(Handlers.Plain, options: Options(chance)));

    private static async IAsyncEnumerable<JobSpec> StreamAsync(SimulatedProcess process, Chance chance)
    {
        foreach (JobSpec spec in Specs(chance))
        {
            if (chance.Is(100))
                await Task.Delay(chance.Spread(Moment, TimeSpan.FromSeconds(5)), process.Clock);
            yield return spec;
        }
    }

    private static JobOptions Options(Chance chance)
    {
        TimeSpan? delay = chance.Is(250) ? chance.Spread(Moment, TimeSpan.FromMinutes(40)) : null;
        return new()
        {
            JobId = chance.Is(250) ? $"id-{chance.Below(40)}" : null,
            Delay = delay,
            Priority = chance.Is(300) ? chance.Below(4) : 5,
            TimeToLive = chance.Is(100) ? (delay ?? TimeSpan.Zero) + chance.Spread(Moment, TimeSpan.FromMinutes(10)) : null,
            Retries = chance.Is(500) ? chance.Below(4) : null,
            Backoff = chance.Of(null, Backoff.None, Backoff.Fixed(TimeSpan.FromSeconds(3)), Backoff.Exponential(TimeSpan.FromMilliseconds(200), longest: TimeSpan.FromMinutes(3))),
            Timeout = chance.Is(150) ? chance.Spread(Moment * 10, TimeSpan.FromMinutes(2)) : null,
            Deduplication = chance.Is(200) ? Deduplicated(chance) : null,
        };
    }

    private static Deduplication Deduplicated(Chance chance)
    {
        bool hasWindow = chance.Is(500);
        return new($"{(hasWindow ? "window" : "one")}-{chance.Below(4)}")
        {
            Ttl = hasWindow ? chance.Spread(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(20)) : null,
            Extend = chance.Is(300),
            Replace = chance.Is(300),
            KeepLastIfActive = chance.Is(300),
        };
    }

    private void Remember(JobHandle job)
    {
        world.Witness.Acknowledged(job.Ref);
        if (jobs.Count == Remembered)
            jobs.RemoveAt(0);
        jobs.Add(job.Ref);
    }
}
