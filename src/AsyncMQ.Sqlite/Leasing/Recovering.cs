using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Linking;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Sqlite.Working;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Leasing;

/// <summary>Declares sessions dead whose lease has ended, and takes back their claims.</summary>
internal sealed class Recovering(Books books, SessionLife life, Finishing finishing, Spreading spreading)
{
    public RecoverReply Run(RecoverStep step)
    {
        SessionEntry session = books.Sessions.Require(step.Step);
        if (books.Sessions.Replay(session, step.Step) is { } before)
            return Read(before);

        RecoverReply reply = Recover(step, session);
        spreading.WorkOff();
        return reply;
    }

    private RecoverReply Recover(RecoverStep step, SessionEntry session)
    {
        if (!RecoveryRules.IsAllowed(books.Now, books.Sessions.LastRenewal(), books.Ledger.RecoverFrom))
            return new([], [], More: false);

        List<string> dead = DeclareDead();
        List<RecoveredJob> jobs = [];
        bool more = TakeBack(step, jobs);
        var reply = new RecoverReply(dead, jobs, more);

        // The caller may have been among the dead; then its lanes are forgotten, and this reply is its last.
        if ((dead.Count > 0 || jobs.Count > 0) && books.Sessions.Find(session.Info.Id) is { IsAlive: true } alive)
            books.Sessions.Keep(alive, step.Step, Write(reply));
        return reply;
    }

    private List<string> DeclareDead()
    {
        List<SessionId> past = [];
        Statement rows = books.Database.Prepare("sessions/past-lease").Start().Bind(books.Now);
        while (rows.Step())
            past.Add(new(new(rows.Span(0))));

        List<string> names = [];
        foreach (SessionId id in past)
        {
            if (books.Sessions.Find(id) is not { } session)
                continue;
            life.Kill(session);
            names.Add(session.Info.Name);
        }

        return names;
    }

    private bool TakeBack(RecoverStep step, List<RecoveredJob> jobs)
    {
        List<long> sessions = [];
        Statement rows = books.Database.Prepare("sessions/dead-with-claims").Start();
        while (rows.Step())
            sessions.Add(rows.Long(0));

        foreach (long session in sessions)
        {
            List<long> handles = life.Claims(session, step.Limit - jobs.Count + 1);
            foreach (long handle in handles)
            {
                if (jobs.Count == step.Limit)
                    return true;
                if (books.Jobs.Find(handle) is { } job)
                    jobs.Add(TakeBack(step, job));
            }
        }

        return false;
    }

    private RecoveredJob TakeBack(RecoverStep step, JobRow job)
    {
        if (job.IsCompleting)
        {
            finishing.Finish(job, JobState.Completed);
            return new(job.Ref, job.State, job.Stalls);
        }

        int maxStalls = step.MaxStallsByQueue.TryGetValue(job.Queue.Name, out int own) ? own : step.MaxStalls;
        books.Jobs.AddAttempt(job, AttemptOutcome.Stalled, step.StallError);
        job.Attempt--;
        job.Stalls++;
        books.Telling.Stalled(job, step.StallError);
        if (job.CancelRequested)
        {
            finishing.Finish(job, JobState.Cancelled);
        }
        else if (job.Stalls > maxStalls)
        {
            finishing.Fail(job, step.StallError);
        }
        else
        {
            books.Jobs.Enter(job, JobState.Waiting);
        }

        return new(job.Ref, job.State, job.Stalls);
    }

    private ReadOnlySpan<byte> Write(RecoverReply reply)
    {
        ByteWriter bytes = books.Reply.Byte(reply.More ? (byte)1 : (byte)0).Number(reply.DeadSessions.Count);
        foreach (string name in reply.DeadSessions)
            bytes.Text(name);
        bytes.Number(reply.Jobs.Count);
        foreach (RecoveredJob job in reply.Jobs)
            bytes.Text(job.Job.Queue).Text(job.Job.Id).Byte((byte)job.State).Number(job.Stalls);
        return bytes.Written;
    }

    private static RecoverReply Read(byte[] data)
    {
        var reader = new ByteReader(data);
        bool more = reader.Byte() != 0;
        var dead = new string[reader.Count()];
        for (int i = 0; i < dead.Length; i++)
            dead[i] = reader.Text();
        var jobs = new RecoveredJob[reader.Count()];
        for (int i = 0; i < jobs.Length; i++)
            jobs[i] = new(new(reader.Text(), reader.Text()), (JobState)reader.Byte(), reader.Count());
        return new(dead, jobs, more);
    }
}
