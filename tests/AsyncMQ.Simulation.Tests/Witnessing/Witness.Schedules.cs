using AsyncMQ.Simulation.Machine;
using AsyncMQ.Simulation.Planning;

namespace AsyncMQ.Simulation.Witnessing;

/// <content>Schedules: what people asked for, and what the store made of it.</content>
internal sealed partial class Witness
{
    /// <summary>How late a due time may be fired by a process that nothing troubles: three calls that time out.</summary>
    private static readonly TimeSpan Punctual = TimeSpan.FromSeconds(90);

    private readonly Dictionary<(string Queue, string Id), ScheduleLife> schedules = [];
    private readonly HashSet<long> revisions = [];

    /// <summary>Schedules on record, as the book has them.</summary>
    public IEnumerable<ScheduleLife> Schedules => schedules.Values;

    public ScheduleLife? FindSchedule(string queue, string id) => schedules.GetValueOrDefault((queue, id));

    public void Upserted(UpsertScheduleStep step, ScheduleReply reply)
    {
        if (IsRepeated(step.Step))
            return;
        ScheduleLife? life = schedules.GetValueOrDefault((step.Queue, step.Id));
        if (reply.Outcome != ScheduleOutcome.Done)
        {
            if (reply.Outcome == ScheduleOutcome.Conflict && life?.Revision == step.Expected)
                Blame($"Invariant 7: an upsert of {life?.ToString() ?? step.Id} as revision {step.Expected} was refused, but that is so.");
            return;
        }

        if (life?.Revision != step.Expected)
            Blame($"Invariant 7: an upsert of revision {step.Expected} took effect on {life?.ToString() ?? step.Id} of revision {life?.Revision}.");
        (Rule? found, long created) = world.Rulebook.Read(step.Definition);
        if (found is not { } rule)
        {
            Blame($"Schedule {step.Queue}/{step.Id} has a rule that nobody asked for.");
            return;
        }

        if (life is null)
            schedules.Add((step.Queue, step.Id), life = new(step.Queue, step.Id, created) { Rule = rule });
        if (life.CreatedAt != created)
            Blame($"Invariant 7: {life} was created at {ScheduleLife.Words(life.CreatedAt)}, and is told to have been at {ScheduleLife.Words(created)}.");
        // Of a rule with the same times the next one stays, though the clock was set back since it was reckoned. One that is resumed is reckoned anew.
        bool isResumed = step.Paused == false && life.IsPaused;
        bool isKept = !isResumed && step.Next is { } next && next.UtcTicks == life.Next && rule.HasTimesOf(life.Rule) && !(rule.MaxRuns <= life.Runs);
        life.Rule = rule;
        life.IsPaused = step.Paused ?? life.IsPaused;
        Revise(life, step.Next, reply, isKept);
        world.Say($"upsert of {life}");
    }

    public void Changed(ChangeScheduleStep step, ScheduleReply reply)
    {
        if (IsRepeated(step.Step) || reply.Outcome != ScheduleOutcome.Done)
            return;
        if (!schedules.TryGetValue((step.Queue, step.Id), out ScheduleLife? life))
        {
            Blame($"Invariant 7: {step.Command} took effect on schedule {step.Queue}/{step.Id}, which is not there.");
            return;
        }

        world.Say($"{step.Command.GetType().Name} of {life}");
        switch (step.Command)
        {
            case ScheduleCommand.Pause:
                if (!life.IsPaused)
                    Renumber(life, reply.Schedule!.Revision);
                life.IsPaused = true;
                break;
            case ScheduleCommand.Resume resume when life.IsPaused:
                if (life.Revision != resume.Expected)
                    Blame($"Invariant 7: a resumption of revision {resume.Expected} took effect on {life} of revision {life.Revision}.");
                life.IsPaused = false;
                Revise(life, resume.Next, reply);
                break;
            case ScheduleCommand.Remove:
                schedules.Remove((step.Queue, step.Id));
                break;
            case ScheduleCommand.Trigger trigger:
                Fired(life, trigger.Job);
                EndThoseReplaced();
                break;
        }
    }

    /// <summary>The store's records of schedules against the book, and whether somebody sleeps who should fire.</summary>
    public void RequireSchedules(Func<ScheduleLife, ScheduleRecord?> find)
    {
        foreach (ScheduleLife life in schedules.Values)
        {
            if (find(life) is not { } record)
                Blame($"Invariant 7: {life} is lost.");
            else if ((record.Revision, record.Next?.UtcTicks, record.IsPaused, record.Runs, record.LastJobId) != (life.Revision, life.Next, life.IsPaused, life.Runs, life.LastJobId))
                Blame($"Invariant 7: {life} of revision {life.Revision}, last {life.LastJobId}, is stored as {record}.");
            if (life is { IsPaused: false, Next: { } next } && next < Now && !closed.Contains(life.Queue) && Idler(life, next) is { } idler)
                Blame($"Invariant 7: {life} is {new TimeSpan(Now - next)} late, though nothing kept {idler} from firing it.");
        }
    }

    /// <summary>Of schedules that nobody has changed each time up to now has fired, once and in order.</summary>
    public void RequireEveryTime()
    {
        foreach (ScheduleLife life in schedules.Values)
        {
            long[] all = [.. life.Rule.Between(life.CreatedAt, life.Next!.Value, life.CreatedAt)];
            if (!life.Times.SequenceEqual(all) || life.Runs != all.Length)
                Blame($"Invariant 7: {life} fired {life.Times.Count} times, but {all.Length} were due; the first that differs is {Words([.. all.Except(life.Times).Concat(life.Times.Except(all)).Take(1)])}.");
        }
    }

    private void Revise(ScheduleLife life, DateTimeOffset? next, ScheduleReply reply, bool isKept = false)
    {
        if (!isKept)
            RequireNext(life, next?.UtcTicks);
        (life.Next, life.KnownSince) = (next?.UtcTicks, world.Agenda.Now);
        Renumber(life, reply.Schedule!.Revision);
    }

    private void Renumber(ScheduleLife life, long revision)
    {
        life.Revision = revision;
        if (!revisions.Add(revision))
            Blame($"Invariant 7: {life} has revision {revision} again.");
    }

    // The first time of a revision: one of the rule's, and none is left out between now and then. Whoever asked may have asked a while ago.
    private void RequireNext(ScheduleLife life, long? next)
    {
        long? right = life.Rule.MaxRuns <= life.Runs ? null : life.Rule.After(Now, life.CreatedAt);
        bool isFair = next is { } time ? life.Rule.IsDue(time, life.CreatedAt) && (right is null || time <= right) : right is null;
        if (!isFair)
            Blame($"Invariant 7: {life} is to fire next at {ScheduleLife.Words(next)} instead of {ScheduleLife.Words(right)}.");
    }

    // A process that could have fired what was due at that time, and has had the time for it.
    private SimulatedProcess? Idler(ScheduleLife life, long due)
    {
        long since = Math.Max(world.Agenda.Now - (Now - due), life.KnownSince);
        if (world.Agenda.Now - since < Punctual.Ticks)
            return null;
        return Array.Find(world.Places, process => process is { IsRunning: true } && !process.WasTroubledSince(since));
    }
}
