namespace AsyncMQ.Conformance.Specifying;

/// <summary>One thing that can happen in a life, told once for the specification and once for a store.</summary>
/// <param name="Name">What happens, in words.</param>
/// <param name="IsEnabled">Whether it can happen now.</param>
/// <param name="Next">The life after it.</param>
/// <param name="Do">Does it to a store and says what it answered.</param>
internal sealed record LifeAction(string Name, Func<Life, bool> IsEnabled, Func<Life, Life> Next, Func<LivedOnStore, Task<Answer>> Do)
{
    public static IReadOnlyList<LifeAction> All(Bounds bounds) => [.. Everybody(bounds), .. Workers(bounds, 0), .. Workers(bounds, 1)];

    /// <summary>Every life that can be reached.</summary>
    public static StateGraph<Life> Graph(IReadOnlyList<LifeAction> actions) =>
        new(default, (life, action) => actions[action].IsEnabled(life) ? actions[action].Next(life) : null, actions.Count);

    private static IEnumerable<LifeAction> Everybody(Bounds bounds)
    {
        foreach ((bool delayed, bool limited) in ((bool, bool)[])[(false, false), (true, false), (false, true), (true, true)])
        {
            yield return new(
                $"add{(delayed ? " with a delay" : "")}{(limited ? " with a time-to-live" : "")}",
                life => life.State is not (null or JobState.Cancelled) || life.Adds < bounds.Adds,
                life => life.Add(delayed, limited),
                store => store.Add(delayed, limited));
        }

        yield return new("cancel", Always, life => life.Cancel(), store => store.Do(JobCommand.Cancel));
        yield return new("remove", Always, life => life.Remove(), store => store.Do(JobCommand.Remove));
        yield return new("promote", Always, life => life.Promote(), store => store.Do(JobCommand.Promote));
        yield return new("put off", Always, life => life.PutOff(), store => store.Do(JobCommand.Reschedule));
        yield return new(
            "retry by hand",
            life => !life.IsFinal || life.ManualRetries < bounds.ManualRetries,
            life => life.RetryByHand(),
            store => store.Do(JobCommand.Retry));
        yield return new("pause", life => !life.IsPaused, life => life.Pause(), store => store.Pause());
        yield return new("resume", life => life.IsPaused, life => life.Resume(), store => store.Resume());
        yield return new("recover", Always, life => life.Recover(bounds.Stalls), store => store.Recover(bounds.Stalls));
        yield return new("maintain", Always, life => life.Maintain(), store => store.Maintain());
        yield return new("time passes", life => life.Pass() != life, life => life.Pass(), store => store.Pass());
    }

    private static IEnumerable<LifeAction> Workers(Bounds bounds, int worker)
    {
        string name = worker == 0 ? "A" : "B";
        yield return new(
            $"{name} claims", life => life.HandOf(worker) == Hand.Empty, life => life.Claim(worker), store => store.Claim(worker));
        yield return Settling("completes", Deed.Complete, Always);
        yield return Settling("fails", Deed.Fail, Always);
        yield return Settling("retries", Deed.Retry, life => life.Attempt < bounds.Attempts);
        yield return Settling("retries later", Deed.Retry, life => life.Attempt < bounds.Attempts, delayed: true);
        yield return Settling("puts back", Deed.PutBack, MayRefund);
        yield return Settling("puts back for later", Deed.PutBack, MayRefund, delayed: true);
        yield return Settling("hands back", Deed.HandBack, MayRefund);
        if (worker == 1)
            yield return Settling("parks", Deed.Park, MayRefund);
        yield return new(
            $"{name} reports", life => life.HandOf(worker) != Hand.Empty, life => life.Report(worker), store => store.Report(worker));
        yield return new(
            $"{name} leaves",
            life => life.HandOf(worker) == Hand.Current ? MayRefund(life) : life.HandOf(worker) == Hand.Stale || life.IsLate(worker),
            life => life.Leave(worker),
            store => store.Leave(worker));
        yield return new($"{name} stalls", life => !life.IsLate(worker), life => life.Stall(worker), store => store.Stall(worker));
        yield return new($"{name} renews", life => life.IsLate(worker), life => life.Renew(worker), store => store.Renew(worker));

        bool MayRefund(Life life) => life.Refunds < bounds.Refunds;

        LifeAction Settling(string verb, Deed deed, Func<Life, bool> mayBeSaid, bool delayed = false) => new(
            $"{name} {verb}",
            life => life.HandOf(worker) == Hand.Stale || (life.HandOf(worker) == Hand.Current && mayBeSaid(life)),
            life => life.Settle(worker, deed, delayed),
            store => store.Settle(worker, deed, delayed));
    }

    private static bool Always(Life life) => true;
}
