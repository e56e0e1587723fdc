using AsyncMQ.Sqlite.Producing;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Sqlite.Scheduling;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Tending;

/// <summary>Does one command to a queue's own record, or to a deduplication id.</summary>
internal sealed class AdministeringQueues(Books books, Deduplicating deduplicating, Schedules schedules)
{
    /// <summary>How many tombstones, windows, schedules, keys and figures of a queue go in one step.</summary>
    private const int MostDeleted = 1_000;

    public QueueReply Run(AdministerQueueStep step)
    {
        SessionEntry session = books.Sessions.Require(step.Step);
        if (books.Sessions.Replay(session, step.Step) is [var before])
            return (QueueReply)before;

        QueueReply reply = Do(step.Queue, step.Command);
        if (reply is QueueReply.Done or QueueReply.More)
            books.Sessions.Keep(session, step.Step, [(byte)reply]);
        return reply;
    }

    private QueueReply Do(string name, QueueCommand command) => command switch
    {
        QueueCommand.Pause pause => Pause(books.Queues.FindOrAdd(name), pause),
        QueueCommand.SetRetention set => SetRetention(books.Queues.FindOrAdd(name), set.Retention),
        QueueCommand.SetLimits set => SetLimits(books.Queues.FindOrAdd(name), set.Limits),
        QueueCommand.SetKeyLimits set => SetKeyLimits(books.Queues.FindOrAdd(name), set),
        QueueCommand.Hold hold => Hold(books.Queues.FindOrAdd(name), hold),
        _ => books.Queues.Find(name) is { } queue ? Do(queue, command) : command is QueueCommand.Resume ? QueueReply.Done : QueueReply.NotFound,
    };

    private QueueReply Do(QueueEntry queue, QueueCommand command) => command switch
    {
        QueueCommand.Resume => Resume(queue),
        QueueCommand.Close close => Close(queue, close.Force),
        QueueCommand.Delete => Delete(queue),
        QueueCommand.ReleaseDeduplication release => deduplicating.Release(queue, release.Id) ? QueueReply.Done : QueueReply.NotFound,
        _ => throw new NotSupportedException($"The SQLite store does not know the queue command {command.GetType().Name}."),
    };

    private QueueReply Pause(QueueEntry queue, QueueCommand.Pause pause)
    {
        queue.PausedAt = books.Now;
        queue.PausedUntil = pause.For is { } span ? Ticks.Add(books.Now, span) : null;
        (queue.PausedBy, queue.PausedWhy) = (pause.By, pause.Why);
        books.Telling.Queue(JobEventKinds.QueuePaused, queue.Name, queue.PausedUntil, pause.By, pause.Why);
        Save(queue);

        // Whoever sleeps without end looks anew, and learns when the pause ends.
        if (pause.For is not null)
            books.Queues.Announce(queue);
        return QueueReply.Done;
    }

    private QueueReply Resume(QueueEntry queue)
    {
        if (queue.PausedAt is null)
            return QueueReply.Done;

        if (queue.IsPaused(books.Now))
            books.Telling.Queue(JobEventKinds.QueueResumed, queue.Name);
        queue.PausedAt = queue.PausedUntil = null;
        queue.PausedBy = queue.PausedWhy = null;
        Save(queue);
        books.Queues.Announce(queue);
        return QueueReply.Done;
    }

    private QueueReply SetRetention(QueueEntry queue, RetentionPolicy? retention)
    {
        queue.Retention = retention;
        Save(queue);
        return QueueReply.Done;
    }

    private QueueReply SetLimits(QueueEntry queue, QueueLimits? limits)
    {
        queue.Limits = limits;
        queue.Window = limits?.Rate is null ? null : queue.Window ?? new();
        books.Queues.TouchLimits(queue);
        books.Keys.ReviewAll(queue);
        books.Queues.Announce(queue);
        return QueueReply.Done;
    }

    private QueueReply SetKeyLimits(QueueEntry queue, QueueCommand.SetKeyLimits set)
    {
        books.Keys.SetLimits(queue, set.Key, set.Limits);
        books.Queues.Announce(queue);
        return QueueReply.Done;
    }

    private QueueReply Hold(QueueEntry queue, QueueCommand.Hold hold)
    {
        long until = Ticks.Add(books.Now, hold.For);
        if (hold.Key is { } key)
        {
            books.Keys.Hold(queue, key, until, mayBeSooner: true);
        }
        else
        {
            queue.HeldUntil = until;
            books.Queues.TouchLimits(queue);
        }

        // Whoever sleeps without end looks anew, and learns when it ends.
        books.Queues.Announce(queue);
        return QueueReply.Done;
    }

    private QueueReply Close(QueueEntry queue, bool force)
    {
        if (queue[JobState.Active] > 0 && !force)
            return QueueReply.Busy;

        queue.IsClosed = true;
        Save(queue);
        return QueueReply.Done;
    }

    private QueueReply Delete(QueueEntry queue)
    {
        if (!queue.IsClosed || queue.Total > 0)
            return QueueReply.Busy;

        int tombstones = books.Database.Prepare("queues/delete-tombstones").Start().Bind(queue.Id).Bind(MostDeleted).Run();
        int windows = books.Database.Prepare("queues/delete-deduplication").Start().Bind(queue.Id).Bind(MostDeleted - tombstones).Run();
        int gone = tombstones + windows + schedules.DeleteOf(queue, MostDeleted - tombstones - windows);
        gone += books.Keys.DeleteOf(queue, MostDeleted - gone);
        gone += books.Database.Prepare("metrics/delete-of-queue").Start().Bind(queue.Id).Bind(MostDeleted - gone).Run();
        if (gone == MostDeleted)
        {
            books.Queues.Touch(queue);
            queue.Tombstones -= tombstones;
            return QueueReply.More;
        }

        books.Database.Prepare("queues/delete").Start().Bind(queue.Id).Run();
        books.Queues.Drop(queue);
        return QueueReply.Done;
    }

    private void Save(QueueEntry queue)
    {
        RetentionPolicy? retention = queue.Retention;
        books.Database.Prepare("queues/set-settings").Start()
            .Bind(queue.IsClosed).Bind(queue.PausedAt).Bind(queue.PausedUntil).Bind(queue.PausedBy).Bind(queue.PausedWhy)
            .Bind(retention is not null).Bind(retention?.Age?.Ticks).Bind(retention?.Count)
            .Bind(retention?.FailedAge?.Ticks).Bind(retention?.FailedCount).Bind(queue.Id).Run();
    }
}
