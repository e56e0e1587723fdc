namespace AsyncMQ.Conformance.Histories;

/// <summary>Checks what several callers saw of a store against the invariants of architecture.md §4. One sentence for each violation.</summary>
internal static class HistoryCheck
{
    public static IReadOnlyList<string> Of(IReadOnlyList<Happening> history) =>
    [
        .. Claims(history),
        .. Jobs(history),
        .. DeduplicationIds(history),
        .. Pauses(history),
    ];

    /// <summary>Invariant 2, without a search: a token is one claim; one accepted end for each; none accepted after a newer claim.</summary>
    private static IEnumerable<string> Claims(IReadOnlyList<Happening> history)
    {
        foreach (IGrouping<string, Happening> job in history.GroupBy(happening => happening.Id))
        {
            Happening[] claims = [.. job.Where(happening => happening.Act == Act.Claim)];
            foreach (IGrouping<ClaimToken, Happening> twice in claims.GroupBy(claim => claim.Token).Where(same => same.Count() > 1))
                yield return $"Invariant 2: {job.Key} was claimed twice under one token, {twice.Key}.";

            foreach (IGrouping<ClaimToken, Happening> settled in job.Where(Accepted).GroupBy(happening => happening.Token))
            {
                if (settled.Count() > 1)
                    yield return $"Invariant 2: {job.Key} was settled twice under one token: {string.Join("; ", settled)}.";
                if (claims.FirstOrDefault(claim => claim.Token == settled.Key) is not { } own)
                    yield return $"Invariant 2: {job.Key} was settled under a token that nobody was given: {settled.First()}.";
                else if (claims.FirstOrDefault(newer => newer.Invoked > own.Returned && newer.Returned < settled.Last().Invoked) is { } newer)
                    yield return $"Invariant 2: {job.Key} was settled under an old token: {settled.Last()} after {newer}.";
            }
        }

        static bool Accepted(Happening happening) => happening.Act == Act.Settle && happening.Settled != SettleOutcome.Lost;
    }

    /// <summary>Invariants 1 to 3 and 5: each job id has a legal order.</summary>
    private static IEnumerable<string> Jobs(IReadOnlyList<Happening> history) => history
        .Where(happening => happening.Id.Length > 0)
        .GroupBy(happening => happening.Id)
        .Select(job => LegalOrder.Refute(job, default(JobObject), JobObject.Next) is { } fault ? $"Invariants 1, 2, 5: job {job.Key}: {fault}." : null)
        .OfType<string>();

    /// <summary>Invariant 5: each deduplication id has a legal order of all that happened to the jobs that bore it.</summary>
    private static IEnumerable<string> DeduplicationIds(IReadOnlyList<Happening> history)
    {
        Dictionary<string, string> idOf = [];
        foreach (Happening add in history.Where(happening => happening.DeduplicationId is not null))
            idOf[add.Id] = add.DeduplicationId!;
        foreach (IGrouping<string, Happening> id in history.Where(happening => idOf.ContainsKey(happening.Id)).GroupBy(happening => idOf[happening.Id]))
        {
            if (LegalOrder.Refute(id, default(DeduplicationObject), DeduplicationObject.Next) is { } fault)
                yield return $"Invariant 5: deduplication id {id.Key}: {fault}.";
        }
    }

    /// <summary>Invariant 10: nothing is claimed between an answered pause and the next resume that was asked for.</summary>
    private static IEnumerable<string> Pauses(IReadOnlyList<Happening> history)
    {
        Happening[] resumes = [.. history.Where(happening => happening.Act == Act.Resume)];
        foreach (Happening pause in history.Where(happening => happening.Act == Act.Pause))
        {
            long resumed = resumes.Where(resume => resume.Returned > pause.Invoked).Select(resume => resume.Invoked).DefaultIfEmpty(long.MaxValue).Min();
            foreach (Happening claim in history.Where(claim => claim.Act == Act.Claim && claim.Invoked > pause.Returned && claim.Returned < resumed))
                yield return $"Invariant 10: {claim} was granted after {pause}.";
        }
    }

    /// <summary>Invariant 8, for one consumer that claims one job at a time and hands none back.</summary>
    public static IReadOnlyList<string> Order(IReadOnlyList<Happening> history)
    {
        Dictionary<string, Happening> adds = history.Where(happening => happening.Act == Act.Add).ToDictionary(add => add.Id);
        Happening[] claims = [.. history.Where(happening => happening.Act == Act.Claim).OrderBy(claim => claim.Invoked)];
        List<string> faults = [];
        for (int i = 0; i < claims.Length; i++)
        {
            Happening claimed = adds[claims[i].Id];
            foreach (Happening later in claims.Skip(i + 1))
            {
                Happening passedOver = adds[later.Id];
                bool isBefore = passedOver.Priority == claimed.Priority && passedOver.Returned < claimed.Invoked;
                bool isAhead = passedOver.Priority < claimed.Priority && passedOver.Returned < claims[i].Invoked;
                if (isBefore || isAhead)
                    faults.Add($"Invariant 8: {claims[i]} though {passedOver} came before {claimed}.");
            }
        }

        return faults;
    }
}
