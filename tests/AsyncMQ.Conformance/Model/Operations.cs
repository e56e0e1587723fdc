namespace AsyncMQ.Conformance.Model;

/// <summary>The random operations, each done to the store and to the model, its replies compared. The seed decides which and with what.</summary>
internal static partial class Operations
{
    private static readonly (int Weight, Func<World, Random, Task> Do)[] All =
    [
        (20, Add), (32, Exchange), (4, Report), (3, OpenOrClose), (3, FallSilent), (8, PassTime), (5, Recover),
        (16, AdministerJobs), (9, AdministerQueue), (4, Maintain), (1, Reopen), (5, Upsert), (4, ChangeSchedule), (8, Tick), (4, Quiet),
    ];

    public static async Task RunAsync(World world, int seed)
    {
        var random = new Random(seed);
        await world.PassAsync(World.Tick);
        int drawn = random.Next(All.Sum(operation => operation.Weight));
        foreach ((int weight, Func<World, Random, Task> operation) in All)
        {
            drawn -= weight;
            if (drawn >= 0)
                continue;
            world.Trace.Add($"{world.Now:HH:mm:ss} {operation.Method.Name}");
            await operation(world, random);
            await world.CompareAsync();
            return;
        }
    }

    private static async Task Add(World world, Random random)
    {
        AddGroup[] groups = [.. Enumerable.Range(0, random.Of(1, 1, 1, 2)).Select(_ => random.Group(world))];
        world.Sent.AddRange(groups.SelectMany(group => group.Jobs));
        world.SentGroups.AddRange(groups);
        var step = new AddStep(world.Producer.Next(StepCounter.Adds), groups);
        Tell(world, string.Join(" | ", groups.Select(InWords)));

        string expected = InWords(world.Model.Add(groups));

        await Compare(world, random, expected, async () => InWords((await world.Store.AddAsync(step, default)).Groups));
    }

    private static async Task Exchange(World world, Random random)
    {
        WorldWorker worker = random.Of(world.Workers);
        ClaimedJob[] mine = [.. world.Claims.Where(claim => claim.Token.Session == worker.Id && IsCurrent(world, claim))];
        random.Shuffle(mine);
        List<Settlement> settlements = [.. mine.Take(random.Next(4)).Select(random.Settlement)];
        if (world.Claims.Count > 0 && random.Chance(20))
            settlements.Add(random.Settlement(random.Of(world.Claims.Where(claim => !IsCurrent(world, claim) || claim.Token.Session == worker.Id).DefaultIfEmpty(world.Claims[0]).ToArray())));
        settlements.RemoveAll(settlement => settlement.Token.Session != worker.Id && IsCurrent(world, settlement.Job, settlement.Token));

        bool claims = random.Chance(75);
        var step = new ExchangeStep
        {
            Step = worker.Steps.Next(StepCounter.Exchanges),
            Settlements = settlements,
            Slots = claims ? random.Next(1, 4) : 0,
            Prefetch = claims && random.Chance(30) ? random.Next(3) : 0,
            Claims = claims ? random.Of<QueueClaim[]>([new("q1", 5)], [new("q2", 5)], [new("q2", 1), new("q1", 2), new("q2", 5)], [new("q1", 5), new("q2", 5)]) : [],
        };
        Tell(world, $"{worker.Info.Name} settles {string.Join("; ", settlements.Select(s => $"{s.Job} {s.Kind} {s.Delay}"))}"
            + $" claims {step.Slots}+{step.Prefetch} of {string.Join(", ", step.Claims.Select(claim => $"{claim.Queue}:{claim.Max}"))}");
        if (!world.Model.Sessions.ContainsKey(worker.Id))
        {
            await Refused(world, async () => await world.Store.ExchangeAsync(step, default));
            return;
        }

        ExchangeReply reply = await world.Store.ExchangeAsync(step, default);
        (SettleOutcome[] settled, ModelJob[] claimed) = world.Model.Exchange(step);
        string expected = $"{World.InOrder(settled)} / {World.InOrder(claimed.Select(job => (job.Ref, job.Attempt, job.Stalls)))}";

        World.Same(expected, InWords(reply), "exchange");
        world.Claims.AddRange(reply.Claimed);
        if (random.Chance(15))
            World.Same(expected, InWords(await world.Store.ExchangeAsync(step, default)), "exchange sent again");
    }

    private static async Task Report(World world, Random random)
    {
        if (world.Claims.Count == 0)
            return;
        ClaimedJob claim = random.Of(world.Claims);
        WorldWorker? worker = world.Workers.Find(worker => worker.Id == claim.Token.Session);
        if (worker is null || !world.Model.Sessions.ContainsKey(worker.Id))
            return;
        var report = new JobReport(claim.Ref, claim.Handle, claim.Token, random.Chance(50) ? Bytes($"{random.Next(100)}") : (ReadOnlyMemory<byte>?)null, ["line"]);
        var step = new ReportStep(worker.Steps.Next(StepCounter.Reports), [report]);
        Tell(world, $"{claim.Ref}");

        string expected = $"{world.Model.Report(report)}";

        await Compare(world, random, expected, async () => World.InOrder((await world.Store.ReportAsync(step, default)).Outcomes));
    }

    private static async Task OpenOrClose(World world, Random random)
    {
        if (world.Workers.Count < 4 || random.Chance(50))
        {
            await world.OpenWorkerAsync();
            return;
        }

        // The first worker always stays, so that somebody renews.
        WorldWorker worker = random.Of(world.Workers.Skip(1).ToArray());
        Tell(world, $"closes {worker.Info.Name}");
        worker.IsSilent = true;
        world.Model.Close(worker.Id);
        await world.Store.CloseAsync(worker.Id, default);
        world.RenewAndCompare(worker);
    }

    private static async Task Quiet(World world, Random random)
    {
        WorldWorker worker = random.Of(world.Workers);
        bool quiet = random.Chance(40);
        var step = new AdministerSessionStep(world.Producer.Next(StepCounter.Administration), worker.Id, quiet);
        Tell(world, $"{worker.Info.Name} {(quiet ? "quiet" : "resumed")}");

        string expected = $"{world.Model.Quiet(worker.Id, quiet)}";

        await Compare(world, random, expected, async () => $"{await world.Store.AdministerSessionAsync(step, default)}");
    }

    private static Task FallSilent(World world, Random random)
    {
        WorldWorker worker = random.Of(world.Workers.Skip(1).ToArray());
        Tell(world, worker.Info.Name);
        worker.IsSilent = true;
        return Task.CompletedTask;
    }

    private static async Task PassTime(World world, Random random)
    {
        int units = random.Of(1, 1, 1, 2, 3);
        Tell(world, $"{units} units");
        for (int i = 0; i < units; i++)
            await world.PassAsync(World.Unit);
    }

    private static async Task Recover(World world, Random random)
    {
        var step = new RecoverStep { Step = world.Producer.Next(StepCounter.Recoveries), MaxStalls = random.Next(3), StallError = Bytes("stalled") };
        RecoverReply reply = await world.Store.RecoverAsync(step, default);
        (string[] dead, RecoveredJob[] jobs) = world.Model.Recover(step, reply.Jobs.Select(job => job.Job));
        string expected = $"{World.Sorted(dead)} / {World.Sorted(jobs)}";

        World.Same(expected, InWords(reply), "recovery");
        if (random.Chance(15))
            World.Same(expected, InWords(await world.Store.RecoverAsync(step, default)), "recovery sent again");
    }

    private static async Task AdministerJobs(World world, Random random)
    {
        JobCommand command = random.Of(Enum.GetValues<JobCommand>());
        var step = new AdministerJobsStep
        {
            Step = world.Producer.Next(StepCounter.Administration),
            Command = command,
            Jobs = [.. Enumerable.Range(0, random.Of(1, 1, 2, 3)).Select(_ => random.Name(world))],
            Expected = random.Chance(70) ? JobStateSet.All : (JobStateSet)random.Next((int)JobStateSet.All + 1),
            Delay = command == JobCommand.Reschedule ? random.Next(4) * World.Unit : null,
        };
        Tell(world, $"{command} {World.InOrder(step.Jobs)} if {step.Expected} {step.Delay}");

        string expected = World.InOrder(world.Model.Administer(step));

        await Compare(world, random, expected, async () => World.InOrder(await world.Store.AdministerJobsAsync(step, default)));
    }

    private static async Task AdministerQueue(World world, Random random)
    {
        string queue = random.Of(World.QueueNames);
        QueueCommand command = random.Next(22) switch
        {
            < 2 => new QueueCommand.Pause("me", "why", random.Chance(50) ? random.Units(3) + World.Aside : null),
            < 6 => new QueueCommand.Resume(),
            6 => new QueueCommand.SetRetention(random.Chance(50) ? null : RetentionPolicy.Forever with { Age = random.Units(4) + World.Aside }),
            7 => queue == "q2" ? new QueueCommand.Close(random.Chance(50)) : new QueueCommand.Resume(),
            8 => new QueueCommand.Delete(),
            >= 12 and < 15 => new QueueCommand.SetLimits(random.Limits()),
            >= 15 and < 18 => new QueueCommand.SetKeyLimits(random.Of(Draws.Keys), random.Chance(40) ? null : random.KeyLimits()),
            >= 18 and < 20 => new QueueCommand.Hold(random.Chance(70) ? random.Of(Draws.Keys) : null, random.Chance(30) ? TimeSpan.Zero : World.HoldTime),
            _ => new QueueCommand.ReleaseDeduplication(random.Of(Draws.DeduplicationIds)),
        };
        if (command is QueueCommand.Delete && random.Chance(70))
            await Empty(world, queue);
        var step = new AdministerQueueStep(world.Producer.Next(StepCounter.Administration), queue, command);
        Tell(world, $"{queue} {command}");

        string expected = $"{world.Model.Administer(queue, command)}";

        await Compare(world, random, expected, async () => $"{await world.Store.AdministerQueueAsync(step, default)}");
    }

    /// <summary>The first half of an obliteration: all jobs of a closed queue are removed.</summary>
    private static async Task Empty(World world, string queue)
    {
        if (!world.Model.Queues.TryGetValue(queue, out ModelQueue? model) || !model.IsClosed)
            return;
        var step = new AdministerJobsStep
        {
            Step = world.Producer.Next(StepCounter.Administration),
            Command = JobCommand.Remove,
            Jobs = [.. model.Jobs.Values.Select(job => job.Ref)],
            Expected = JobStateSet.All,
        };
        World.Same(World.InOrder(world.Model.Administer(step)), World.InOrder(await world.Store.AdministerJobsAsync(step, default)), "obliteration");
    }

    /// <summary>First what expires, then retention, so that the order of the two within a step, which the contract leaves open, does not matter.</summary>
    private static async Task Maintain(World world, Random random)
    {
        RetentionPolicy retention = random.Of(
            RetentionPolicy.Forever with { Age = random.Units(3) + World.Aside, FailedAge = random.Units(3) + World.Aside },
            RetentionPolicy.Forever with { Age = random.Units(3) + World.Aside, Count = 0, FailedCount = 0 },
            RetentionPolicy.Forever with { Count = 0 });
        foreach (RetentionPolicy policy in (RetentionPolicy[])[RetentionPolicy.Forever, retention])
        {
            MaintainReply reply = await world.Store.MaintainAsync(new(world.Producer.Next(StepCounter.Maintenance), 1_000, policy), default);
            World.Same(world.Model.Maintain(policy), (reply.Removed, reply.Expired), "housekeeping");
            World.SameSpan(world.UntilNext(0), reply.NextSchedule, "time until the next schedule");
        }

        Tell(world, $"{retention}");
    }

    private static Task Reopen(World world, Random random) => world.ReopenAsync();

    /// <summary>Does the step, and sometimes at once again: the reply must be that of the model both times.</summary>
    private static async Task Compare(World world, Random random, string expected, Func<Task<string>> step)
    {
        World.Same(expected, await step(), world.Trace[^1]);
        if (random.Chance(15))
            World.Same(expected, await step(), $"{world.Trace[^1]}, sent again");
    }

    private static async Task Refused(World world, Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (SessionLostException)
        {
            return;
        }

        throw new DifferenceException($"{world.Trace[^1]}: the session is lost, but the step was done");
    }

    private static bool IsCurrent(World world, ClaimedJob claim) => IsCurrent(world, claim.Ref, claim.Token);

    private static bool IsCurrent(World world, JobRef job, ClaimToken token) => world.Model.Find(job)?.Token == token;

    private static void Tell(World world, string words) => world.Trace[^1] += $": {words}";

    private static string InWords(AddGroup group) =>
        (group.Flow is { } flow ? $"{(flow.Extends ? "more of" : "new")} flow {flow.Id}: " : "") + string.Join("; ", group.Jobs.Select(InWords));

    private static string InWords(NewJob job) =>
        $"{job.Ref} p{job.Priority} {job.Name}"
        + (job.Delay > TimeSpan.Zero ? $" delay {job.Delay}" : "") + (job.RunAt is { } at ? $" at {at:HH:mm:ss}" : "")
        + (job.DependsOn is [] ? "" : $" after {string.Join("+", job.DependsOn)} else {job.OnDependencyFailure}")
        + (job.Key is null ? "" : $" key {job.Key}")
        + (job.TimeToLive is { } ttl ? $" ttl {ttl}" : "")
        + (job.Deduplication is { } d ? $" [{d.Id} {d.Ttl}{(d.Extend ? " extend" : "")}{(d.Replace ? " replace" : "")}{(d.KeepLastIfActive ? " keep" : "")}]" : "");

    private static string InWords(IEnumerable<GroupReply> groups) =>
        string.Join(" | ", groups.Select(group => group.Refusal is { } refusal ? InWords(refusal) : World.InOrder(group.Jobs)));

    /// <summary>The detail too, where the contract says what it is.</summary>
    private static string InWords(AddRefusal refusal) =>
        $"{refusal.Reason} {refusal.Job}" + (refusal.Reason == AddRefusalReason.IdTaken ? "" : $" {refusal.Detail}");

    private static string InWords(RecoverReply reply) => $"{World.Sorted(reply.DeadSessions)} / {World.Sorted(reply.Jobs)}";

    private static string InWords(ExchangeReply reply) =>
        $"{World.InOrder(reply.Settled)} / {World.InOrder(reply.Claimed.Select(job => (job.Ref, job.Attempt, job.Stalls)))}";
}
