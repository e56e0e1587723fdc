using AsyncMQ.Storage;

namespace AsyncMQ.InMemory;

/// <content>Commands for queues.</content>
internal sealed partial class InMemoryJobStore
{
    private QueueReply AdministerQueue(AdministerQueueStep step)
    {
        switch (step.Command)
        {
            case QueueCommand.Pause pause:
                return Pause(QueueNamed(step.Queue), pause);
            case QueueCommand.SetRetention set:
                QueueNamed(step.Queue).Retention = set.Retention;
                return QueueReply.Done;
            case QueueCommand.SetLimits set:
                return SetLimits(QueueNamed(step.Queue), set.Limits);
            case QueueCommand.SetKeyLimits set:
                return SetKeyLimits(QueueNamed(step.Queue), set);
            case QueueCommand.Hold hold:
                return Hold(QueueNamed(step.Queue), hold);
        }

        // Only those above make a queue's record; the others need one, except that a queue without a record is not paused either.
        if (!queues.TryGetValue(step.Queue, out StoredQueue? queue))
            return step.Command is QueueCommand.Resume ? QueueReply.Done : QueueReply.NotFound;

        return step.Command switch
        {
            QueueCommand.Resume => Resume(queue),
            QueueCommand.Close close => Close(queue, close.Force),
            QueueCommand.Delete => Delete(queue),
            QueueCommand.ReleaseDeduplication release => ReleaseDeduplication(queue, release.Id),
            _ => throw new ArgumentOutOfRangeException(nameof(step), step.Command, "There is no such command."),
        };
    }

    private QueueReply Pause(StoredQueue queue, QueueCommand.Pause pause)
    {
        Touch(queue);
        queue.Pausing = new(pause.By, pause.Why, now, pause.For is { } time ? now + time.Ticks : long.MaxValue);

        // Whoever sleeps without end looks anew, and learns when the pause ends.
        queue.HasNews = pause.For is not null;
        TellQueue(JobEventKinds.QueuePaused, queue, pause.For is null ? null : ToTime(queue.Pausing.Until), pause.By, pause.Why);
        return QueueReply.Done;
    }

    private QueueReply Resume(StoredQueue queue)
    {
        Touch(queue);
        if (queue.IsPaused(now))
            TellQueue(JobEventKinds.QueueResumed, queue);
        queue.Pausing = null;
        queue.HasNews = true;
        return QueueReply.Done;
    }

    private QueueReply SetLimits(StoredQueue queue, QueueLimits? limits)
    {
        Touch(queue);
        queue.SetLimits(limits, now);
        queue.HasNews = true;
        return QueueReply.Done;
    }

    private QueueReply SetKeyLimits(StoredQueue queue, QueueCommand.SetKeyLimits set)
    {
        Touch(queue);
        queue.Keys.SetLimits(set.Key, set.Limits, now);
        queue.HasNews = true;
        return QueueReply.Done;
    }

    private QueueReply Hold(StoredQueue queue, QueueCommand.Hold hold)
    {
        Touch(queue);
        long until = now + hold.For.Ticks;
        if (hold.Key is { } key)
            queue.Keys.Hold(key, until, now);
        else
            queue.HeldUntil = until;

        // Whoever sleeps without end looks anew, and learns when it ends.
        queue.HasNews = true;
        return QueueReply.Done;
    }

    private QueueReply Close(StoredQueue queue, bool force)
    {
        if (queue.Active.Count > 0 && !force)
            return QueueReply.Busy;
        Touch(queue);
        queue.IsClosed = true;
        foreach (StoredSchedule schedule in queue.Schedules.Values)
            schedules.Remove(schedule);
        return QueueReply.Done;
    }

    private QueueReply Delete(StoredQueue queue)
    {
        if (!queue.IsClosed || queue.Jobs.Count > 0)
            return QueueReply.Busy;

        // A closed queue is in no index of ready queues, and its schedules are in none of those that will fire. Its tombstones and windows go with it;
        // the store's indexes of them skip what is gone.
        queues.Remove(queue.Name);
        return QueueReply.Done;
    }
}
