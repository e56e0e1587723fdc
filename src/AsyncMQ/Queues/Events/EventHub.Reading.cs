using AsyncMQ.Diagnostics;
using AsyncMQ.Storage;

namespace AsyncMQ.Queues;

/// <content>The loop that reads while somebody listens, and renews the subscription.</content>
internal sealed partial class EventHub
{
    private async Task RunAsync()
    {
        int failures = 0;
        while (await HasWorkAsync().ConfigureAwait(false))
        {
            try
            {
                if (seams.Time.GetElapsedTime(renewedAt) >= RenewInterval)
                    await RenewAsync().ConfigureAwait(false);
                while (await ReadAsync().ConfigureAwait(false))
                {
                }

                failures = 0;
            }
            catch (Exception e)
            {
                if (++failures == 1)
                    Log.EventsFailed(logger, store.Description, e);
                await Task.Delay(StoreTimeouts.Pause(failures, seams.Random.NextDouble()), seams.Time).ConfigureAwait(false);
                lock (gate)
                    hasNews = true;
            }
        }
    }

    private async Task RenewAsync()
    {
        await seams.Scheduler.Rejoin(subscribing.WaitAsync()).ConfigureAwait(false);
        try
        {
            await SubscribeAsync(null, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            subscribing.Release();
        }
    }

    /// <summary>Reads a page and hands it out. Returns true when there may be more.</summary>
    private async Task<bool> ReadAsync()
    {
        JobEventStream[] readers;
        long from;
        lock (gate)
        {
            readers = streams;
            if (readers.Length == 0)
                return false;
            from = readers.Min(static stream => stream.From);
        }

        EventPage page = await timeouts.ReadAsync(
            store, seams.Time, (store, token) => store.ReadEventsAsync(from, MostPerRead, token), CancellationToken.None).ConfigureAwait(false);
        lock (gate)
        {
            foreach (JobEventStream stream in readers)
                HandOut(page, stream);
        }

        return page.Events.Count >= MostPerRead;
    }

    private static void HandOut(EventPage page, JobEventStream stream)
    {
        if (stream.Buffer.IsClosed || page.Next <= stream.From)
            return;
        if (page.First > stream.From)
        {
            stream.Buffer.AddGap(page.First - stream.From);
            stream.From = page.First;
        }

        for (int i = (int)(stream.From - page.First); i < page.Events.Count; i++)
        {
            StoreEvent happened = page.Events[i];
            if (stream.Wanted.Include(happened.Kind, happened.Queue, happened.Id))
                stream.Buffer.Add(happened);
        }

        stream.From = page.Next;
    }

    /// <summary>Waits for something to read, or for the time to look. False: nobody listens any more.</summary>
    private async Task<bool> HasWorkAsync()
    {
        Task sleep;
        lock (gate)
        {
            if (streams.Length > 0)
            {
                if (hasNews)
                {
                    hasNews = false;
                    return true;
                }

                sleeping = new(TaskCreationOptions.RunContinuationsAsynchronously);
                sleep = seams.Scheduler.Rejoin(sleeping.Task);
            }
            else
            {
                sleep = Task.CompletedTask;
            }
        }

        // A poll is no exception: whoever listens for an hour would throw 3 600.
        await sleep.WaitAsync(PollInterval, seams.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (gate)
        {
            (sleeping, hasNews) = (null, false);
            if (streams.Length > 0)
                return true;
        }

        return !await TryEndAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the subscription, unless somebody has come meanwhile.</summary>
    private async Task<bool> TryEndAsync()
    {
        await seams.Scheduler.Rejoin(subscribing.WaitAsync()).ConfigureAwait(false);
        try
        {
            lock (gate)
            {
                if (streams.Length > 0)
                    return false;
            }

            await EndSubscriptionAsync().ConfigureAwait(false);
            lock (gate)
                running = false;
            return true;
        }
        finally
        {
            subscribing.Release();
        }
    }

    private async Task EndSubscriptionAsync()
    {
        try
        {
            await store.UnsubscribeAsync(id, CancellationToken.None).WaitAsync(timeouts.Call, seams.Time).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It runs out by itself.
        }
    }
}
