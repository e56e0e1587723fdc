using AsyncMQ.Seams;

namespace AsyncMQ.Queues;

/// <summary>
/// Lets concurrent callers share round trips without a timer: while one is under way, items gather; the next one carries them all, and what those send anew
/// whom the first has answered. An item that finds nothing under way is sent at once, on the caller's own thread.
/// </summary>
/// <param name="largest">The most weight in one batch; an item heavier than that goes alone.</param>
/// <param name="scheduler">Where batches after the first run, and callers go on.</param>
/// <param name="send">Sends a batch; one reply per item, in order.</param>
internal sealed class Batcher<TItem, TReply>(
    BatchWeight largest, IWorkScheduler scheduler, Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TReply>>> send) : IThreadPoolWorkItem
{
    private readonly Lock gate = new();
    private readonly Queue<Pending> waiting = new();
    private bool running;

    public Task<TReply> SendAsync(TItem item, BatchWeight weight)
    {
        var pending = new Pending(item, weight);
        lock (gate)
        {
            waiting.Enqueue(pending);
            if (running)
                return scheduler.Rejoin(pending.Task);
            running = true;
        }

        _ = SendNextAsync();
        return scheduler.Rejoin(pending.Task);
    }

    void IThreadPoolWorkItem.Execute() => _ = SendNextAsync();

    private async Task SendNextAsync()
    {
        if (Take() is not { } batch)
            return;

        await SendBatchAsync(batch).ConfigureAwait(false);

        // On the pool, behind the callers that were answered just now: what they send next goes along. And a caller who sent on its own thread does no more than that.
        scheduler.Queue(this);
    }

    private async Task SendBatchAsync(List<Pending> batch)
    {
        try
        {
            var items = new TItem[batch.Count];
            for (int i = 0; i < items.Length; i++)
                items[i] = batch[i].Item;

            IReadOnlyList<TReply> replies = await send(items).ConfigureAwait(false);
            for (int i = 0; i < batch.Count; i++)
                batch[i].TrySetResult(replies[i]);
        }
        catch (Exception e) when (batch.Count > 1 && e is (Storage.StoreRejectedException or not Storage.StoreException))
        {
            // Nothing was written, and one of them may be to blame, the neighbours are not: each alone.
            foreach (Pending pending in batch)
                await SendBatchAsync([pending]).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            foreach (Pending pending in batch)
                pending.TrySetException(e);
        }
    }

    private List<Pending>? Take()
    {
        lock (gate)
        {
            if (!waiting.TryDequeue(out Pending? first))
            {
                running = false;
                return null;
            }

            List<Pending> batch = [first];
            BatchWeight weight = first.Weight;
            while (waiting.TryPeek(out Pending? next) && (weight += next.Weight).Fits(largest))
                batch.Add(waiting.Dequeue());
            return batch;
        }
    }

    private sealed class Pending(TItem item, BatchWeight weight) : TaskCompletionSource<TReply>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public TItem Item => item;

        public BatchWeight Weight => weight;
    }
}

/// <summary>What an item adds to a round trip.</summary>
internal readonly record struct BatchWeight(int Items, long Bytes)
{
    public bool Fits(BatchWeight largest) => Items <= largest.Items && Bytes <= largest.Bytes;

    public static BatchWeight operator +(BatchWeight left, BatchWeight right) => new(left.Items + right.Items, left.Bytes + right.Bytes);
}
