using AsyncMQ.Simulation.Planning;

namespace AsyncMQ.Simulation.Witnessing;

/// <content>
/// Invariant 7: one occurrence per schedule and due time: none fires twice, and none is left out unless the schedule's policy says so, the last job has not
/// ended, or nobody was there to fire it.
/// </content>
internal sealed partial class Witness
{
    private readonly Dictionary<(string Queue, string Id, long Due), string> occurrenceIds = [];

    public void Ticked(TickStep step, TickReply reply)
    {
        if (IsRepeated(step.Step))
            return;
        for (int i = 0; i < step.Ticks.Count; i++)
        {
            ScheduleTick tick = step.Ticks[i];
            ScheduleLife? life = schedules.GetValueOrDefault((tick.Queue, tick.Id));
            RequireIds(tick);
            bool isRight = life is { IsPaused: false } && life.Revision == tick.Expected;
            if (isRight != (reply.Outcomes[i] == ScheduleOutcome.Done) && reply.Outcomes[i] != ScheduleOutcome.QueueClosed)
                Blame($"Invariant 7: a tick of {life?.ToString() ?? tick.Id} of revision {life?.Revision}, expected {tick.Expected}, was answered {reply.Outcomes[i]}.");
            else if (reply.Outcomes[i] == ScheduleOutcome.Done)
                Ticked(life!, tick);
        }

        EndThoseReplaced();
    }

    private void Ticked(ScheduleLife life, ScheduleTick tick)
    {
        Rule rule = life.Rule;
        if (tick.MaxRuns != rule.MaxRuns || tick.SkipWhileUnended != rule.SkipsOverlap)
            Blame($"Invariant 7: {life} was ticked with {tick.MaxRuns} runs at most, {(tick.SkipWhileUnended ? "without" : "with")} overlap.");
        RequireTimes(life, tick);
        foreach (NewOccurrence occurrence in tick.Occurrences)
        {
            if (HasRunOut(life))
                break;
            Fire(life, occurrence);
        }

        life.Next = HasRunOut(life) ? null : tick.Next?.UtcTicks;
        life.KnownSince = world.Agenda.Now;
        Renumber(life, world.LookAtSchedule(life.Queue, life.Id)!.Revision);
    }

    private static bool HasRunOut(ScheduleLife life) => life.Runs >= life.Rule.MaxRuns;

    // Of what is due the latest ones run, as many as the schedule makes up for; what comes before is only noted, or not even that.
    private void RequireTimes(ScheduleLife life, ScheduleTick tick)
    {
        Rule rule = life.Rule;
        long[] due = [.. rule.Between(life.Next!.Value, tick.Next?.UtcTicks ?? (Now + 1), life.CreatedAt)];
        long[] noted = [.. tick.Occurrences.Where(occurrence => occurrence.Job is null).Select(occurrence => occurrence.DueAt.UtcTicks)];
        long[] running = [.. tick.Occurrences.Where(occurrence => occurrence.Job is not null).Select(occurrence => occurrence.DueAt.UtcTicks)];
        int most = Math.Min(due.Length, Math.Max(1, rule.MostMissed));
        bool isFair = running.AsSpan().SequenceEqual(due.AsSpan(due.Length - most)) || (rule.MostMissed == 0 && running.Length == 0 && Now - due[^1] > TimeSpan.TicksPerMinute);
        int missed = due.Length - running.Length;
        int kept = Math.Clamp(OccurrenceRecord.MostKept - running.Length, 0, missed);
        isFair &= noted.AsSpan().SequenceEqual(due.AsSpan(missed - kept, kept));
        isFair &= tick.Occurrences.Select(occurrence => occurrence.DueAt).SequenceEqual(tick.Occurrences.Select(occurrence => occurrence.DueAt).Order());
        if (tick.Next is { } next && !rule.IsDue(next.UtcTicks, life.CreatedAt))
            isFair = false;
        if (!isFair)
            Blame($"Invariant 7: {life} was ticked from {ScheduleLife.Words(life.Next)} to {tick.Next:O} with {Words(noted)} as missed and {Words(running)} to run; due were {Words(due)}.");

        Reached += new Reached { Missed = missed };
        if (missed > 0 && Idler(life, due[0]) is { } idler)
            Blame($"Invariant 7: {life} missed {Words(due[..missed])}, though nothing kept {idler} from firing it.");
    }

    private void Fire(ScheduleLife life, NewOccurrence occurrence)
    {
        if (occurrence.Job is not { } job)
            return;
        var last = life.LastJobId is { } id ? Find(new(life.Queue, id)) : null;
        if (life.Rule.SkipsOverlap && last is { End: null })
        {
            Reached += new Reached { Overlapped = 1 };
            if (!lives.ContainsKey(job.Ref) && world.Look(job.Ref) is not null)
                Blame($"Invariant 7: {life} fired {job.Ref}, though {last} has not ended.");
            return;
        }

        long due = occurrence.DueAt.UtcTicks;
        if (!life.Fired.Add(due))
            Blame($"Invariant 7: {life} fired {occurrence.DueAt:O} twice.");
        life.Runs++;
        Reached += new Reached { Fired = 1 };
        life.Times.Add(due);
        if (world.Rulebook.Find(job.Payload) != life.Rule)
            Blame($"Invariant 7: {life} fired {job.Ref} of another rule.");
        Fired(life, job);
    }

    // A job was added for a schedule, as any other is; or is there already, when its time is fired again by another revision.
    private void Fired(ScheduleLife life, NewJob job)
    {
        bool isThere = lives.TryGetValue(job.Ref, out Life? there) && there.Stamp != job.Stamp && !endedByAdds.Contains(job.Ref);
        life.LastJobId = job.Ref.Id;
        Added(job, new(isThere ? AddOutcome.Duplicate : AddOutcome.Created, job.Ref.Id), default);
        if (world.Look(job.Ref) is null && !endedByAdds.Contains(job.Ref))
            Blame($"Invariant 7: {life} fired {job.Ref}, which was never stored.");
    }

    // Whoever reckons with a due time comes to the same id, and no other due time has it.
    private void RequireIds(ScheduleTick tick)
    {
        foreach (NewOccurrence occurrence in tick.Occurrences)
        {
            if (occurrence.Job is not { } job)
                continue;
            var key = (tick.Queue, tick.Id, occurrence.DueAt.UtcTicks);
            if (!occurrenceIds.TryAdd(key, job.Ref.Id) && occurrenceIds[key] != job.Ref.Id)
                Blame($"Invariant 7: {tick.Queue}/{tick.Id} has ids {occurrenceIds[key]} and {job.Ref.Id} for {occurrence.DueAt:O}.");
            if (job.Ref.Queue != tick.Queue || !job.Ref.Id.StartsWith('@'))
                Blame($"Invariant 7: {tick.Queue}/{tick.Id} has {job.Ref} for {occurrence.DueAt:O}.");
        }
    }

    private static string Words(long[] times) =>
        times.Length == 0 ? "nothing" : $"{string.Join(", ", times.Take(3).Select(time => ScheduleLife.Words(time)))}{(times.Length > 3 ? $" … ({times.Length})" : "")}";
}
