using System.Diagnostics;
using System.Globalization;
using AsyncMQ.Conformance.Histories;

namespace AsyncMQ.Conformance;

/// <summary>
/// Several callers at once on real threads; what they saw must have an order in which it is legal, object by object. Invariants 1 to 5, 8, 10 and 11 of
/// architecture.md §4.
/// </summary>
/// <param name="fixture">Where the stores come from.</param>
/// <param name="rounds">How many rounds, each on a store of its own, with the next seed.</param>
/// <remarks><c>ASYNCMQ_SOAK_MINUTES</c> goes on for so long instead; <c>ASYNCMQ_FIRST_SEED</c> is the first seed. A seed repeats the callers' choices, not
/// the moments at which threads meet.</remarks>
public abstract class HistoryTests(IStoreFixture fixture, int rounds = 20) : ConformanceTests(fixture)
{
    private static ITestOutputHelper? Output => TestContext.Current.TestOutputHelper;

    [Fact]
    public async Task What_concurrent_callers_see_has_a_legal_order()
    {
        // A history in which nothing met proves nothing.
        string[] wanted = ["Applied", "Cancelled", "Created", "Deduplicated", "Duplicate", "Lost", "Pause", "Recover", "Remove", "Requested", "Retry"];
        SortedDictionary<string, int> met = [];
        await EachSeed(async (store, seed) =>
        {
            IReadOnlyList<Happening> history = await RandomCallers.RunAsync(store, seed);

            Assert.Empty(HistoryCheck.Of(history));
            Assert.Empty(await store.Store.AuditAsync(Cancellation));
            foreach (string kind in history.SelectMany(Kinds))
                met[kind] = met.GetValueOrDefault(kind) + 1;
            return history.Count;
        }, isEnough: () => !wanted.Except(met.Keys).Any());

        Output?.WriteLine(string.Join(", ", met.Select(kind => $"{kind.Key} {kind.Value}")));
        Assert.Empty(wanted.Except(met.Keys));

        static IEnumerable<string> Kinds(Happening happening) => happening.Act switch
        {
            Act.Add => [$"{happening.Added}"],
            Act.Settle => [$"{happening.Settled}"],
            Act.Cancel => [$"{happening.Administered}"],
            Act.Remove or Act.Retry when happening.Administered != JobChangeOutcome.Done => [],
            _ => [$"{happening.Act}"],
        };
    }

    /// <summary>Invariant 8.</summary>
    [Fact]
    public async Task Within_a_priority_a_single_consumer_sees_the_order_of_adding() => await EachSeed(async (store, seed) =>
    {
        const int perProducer = 60;
        var history = new HistoryRecorder();
        Task[] producers = [.. Enumerable.Range(0, 3).Select(producer => Task.Run(async () =>
        {
            var random = new Random((seed * 31) + producer);
            var own = new RecordedStore(history, await StoreDriver.OpenAsync(store.Store));
            for (int i = 0; i < perProducer; i++)
            {
                int priority = random.Next(3);
                string[] ids = [.. Enumerable.Range(0, random.Next(1, 4)).Select(n => $"{producer}-{i}-{n}")];
                await own.Add([.. Batch(ids).Select(job => job.WithPriority(priority))]);
            }
        }))];

        var consumer = new RecordedStore(history, store);
        Worker worker = await store.OpenWorker();
        for (bool isOver = false; !isOver;)
        {
            isOver = producers.All(producer => producer.IsCompleted);
            while (await consumer.Claim(worker, 1) is [var job])
                await consumer.Settle(worker, job, SettlementKind.Complete);
        }

        await Task.WhenAll(producers);
        IReadOnlyList<Happening> seen = history.Happenings;
        Assert.Empty(HistoryCheck.Order(seen));
        Assert.Equal(seen.Count(happening => happening.Act == Act.Add), seen.Count(happening => happening.Act == Act.Claim));
        return seen.Count;
    });

    /// <summary>Invariant 11: of an accepted group nothing is seen before all of it; of a refused one nothing ever.</summary>
    [Fact]
    public async Task A_group_is_seen_whole_or_not_at_all() => await EachSeed(async (store, seed) =>
    {
        const int groups = 40;
        await store.Add(Job("opens-it").In("closed"));
        await store.Do(new QueueCommand.Close(Force: false), "closed");
        int begun = 0;
        Task adding = Task.Run(async () =>
        {
            StoreDriver own = await StoreDriver.OpenAsync(store.Store);
            for (int group = 0; group < groups; group++)
            {
                Volatile.Write(ref begun, group + 1);
                await Task.Yield();
                NewJob[] jobs = [.. Refs(group).Select(job => Job(job.Id))];
                if (group % 3 == 2)
                    jobs[^1] = jobs[^1].In("closed");
                GroupReply reply = Assert.Single(await own.AddGroups(new AddGroup(jobs)));
                Assert.Equal(group % 3 == 2, reply.Refusal is not null);
            }
        });

        int looks = 0;
        for (bool isOver = false; !isOver;)
        {
            isOver = adding.IsCompleted;
            for (int group = Math.Max(0, Volatile.Read(ref begun) - 2); group < Volatile.Read(ref begun); group++)
            {
                IReadOnlyList<JobRecord?> found = await store.Store.FindAsync(Refs(group), JobParts.None, Cancellation);
                looks++;
                int there = found.Count(record => record is not null);
                Assert.True(there == 0 || (there == found.Count && group % 3 != 2), $"Seed {seed}: {there} of group {group} are there.");
            }
        }

        await adding;
        return looks;

        static JobRef[] Refs(int group) => [.. Enumerable.Range(0, 5).Select(i => new JobRef(DefaultQueue, $"{group}-{i}"))];
    });

    // Not enough after all rounds, which on a slow store are few: up to ten times as many.
    private async Task EachSeed(Func<StoreDriver, int, Task<int>> round, Func<bool>? isEnough = null)
    {
        int first = Number("ASYNCMQ_FIRST_SEED") ?? Environment.TickCount & 0xFFFFFF;
        TimeSpan? soak = Number("ASYNCMQ_SOAK_MINUTES") is { } minutes ? TimeSpan.FromMinutes(minutes) : null;
        long started = Stopwatch.GetTimestamp();
        long happenings = 0;
        int seed = first;
        for (; GoesOn(); seed++)
        {
            Cancellation.ThrowIfCancellationRequested();
            await using IJobStore store = await Fixture.CreateAsync();
            try
            {
                happenings += await round(await StoreDriver.OpenAsync(store), seed).WaitAsync(Patience, Cancellation);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"With ASYNCMQ_FIRST_SEED={seed}: {failure.Message}", failure);
            }
        }

        Output?.WriteLine($"{seed - first} rounds from seed {first}, {happenings} happenings, {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s.");

        bool GoesOn()
        {
            if (soak is { } span)
                return Stopwatch.GetElapsedTime(started) < span;
            int done = seed - first;
            return done < rounds || (done < 10 * rounds && isEnough?.Invoke() == false);
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : null;
}
