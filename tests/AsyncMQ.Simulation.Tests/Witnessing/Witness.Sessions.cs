using AsyncMQ.Simulation.Machine;

namespace AsyncMQ.Simulation.Witnessing;

/// <content>Sessions: who is alive, who was declared dead, and with what right.</content>
internal sealed partial class Witness
{
    private readonly Dictionary<SessionId, SessionLife> sessions = [];

    /// <summary>The claims of each session that is open, as the book has them.</summary>
    public IEnumerable<KeyValuePair<SessionId, SessionLife>> OpenSessions => sessions.Where(session => !session.Value.IsOver);

    /// <summary>True for a session that was closed or declared dead.</summary>
    public bool IsOver(SessionId id) => sessions.GetValueOrDefault(id) is { IsOver: true };

    public void Opened(SimulatedProcess process, SessionInfo info)
    {
        if (info.Lease is { } lease && !sessions.ContainsKey(info.Id))
            sessions.Add(info.Id, new(process, lease) { RenewedAt = Now, RenewedInWorld = world.Agenda.Now });
    }

    public void Renewed(RenewStep step, RenewReply reply)
    {
        if (!reply.Alive)
            return;
        if (sessions.GetValueOrDefault(step.Session) is not { IsOver: false } session)
            Blame($"Session {step.Session} was renewed, but it is not open.");
        else
            (session.RenewedAt, session.RenewedInWorld) = (Now, world.Agenda.Now);
    }

    public void Closed(SessionId id)
    {
        if (sessions.GetValueOrDefault(id) is not { IsOver: false } session)
            return;
        session.IsOver = true;
        if (!session.Process.IsStopping)
            Blame($"{session.Process} closed its session {id} though nobody stopped it.");
        foreach (JobRef job in session.Claims.ToArray())
        {
            Life life = lives[job];
            Release(life);
            life.Attempt--;
            life.DueAt = 0;
        }
    }

    public void Recovered(RecoverStep step, RecoverReply reply)
    {
        if (IsRepeated(step.Step))
            return;
        foreach (RecoveredJob job in reply.Jobs)
            Recovered(step, job);
    }

    private void Recovered(RecoverStep step, RecoveredJob job)
    {
        if (LifeOf(job.Job) is not { } life)
            return;

        world.Say($"{job.Job} is taken back: {job.State}, stalls {job.Stalls}");
        if (life.Claim is not { } claim)
        {
            Blame($"Invariant 3: {life} was taken back from a dead session, but nobody held it.");
            return;
        }

        SessionLife session = sessions[claim.Session];
        session.IsOver = true;
        if (Now - session.RenewedAt < session.Lease.Ticks)
            Blame($"Lease: {life} was taken back {new TimeSpan(Now - session.RenewedAt)} after the last renewal, within the lease of {session.Lease}.");
        if (session.Process.LastTrouble < session.RenewedInWorld)
            Blame($"Lease: {life} was taken back from {session.Process}, which nothing had kept from renewing.");

        Release(life);
        life.Attempt--;
        life.Stalls++;
        life.DueAt = 0;
        int most = step.MaxStallsByQueue.GetValueOrDefault(job.Job.Queue, step.MaxStalls);
        bool isFair = job.State switch
        {
            JobState.Failed => job.Stalls > most,
            JobState.Waiting => job.Stalls <= most,
            _ => job.State == JobState.Cancelled,
        };
        if (job.Stalls != life.Stalls || !isFair)
            Blame($"Stalls: {life} was taken back as {job.State} with {job.Stalls} stalls; the limit is {most}.");
    }
}
