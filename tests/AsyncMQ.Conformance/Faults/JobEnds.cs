namespace AsyncMQ.Conformance.Faults;

/// <summary>What became of the jobs of a queue.</summary>
public static class JobEnds
{
    /// <summary>Each job's state, by its id. Fails when one is listed twice, or when the counts are not what is listed.</summary>
    public static async Task<Dictionary<string, JobState>> ReadAsync(IJobStore store, string queue)
    {
        Dictionary<string, JobState> ends = [];
        QueueCounts counts = await store.CountAsync(queue, CancellationToken.None);
        foreach (JobState state in Enum.GetValues<JobState>())
        {
            int listed = 0;
            StorePage page;
            PageKey? after = null;
            do
            {
                page = await store.PageAsync(new() { Queue = queue, State = state, Take = 1_000, After = after }, CancellationToken.None);
                foreach (JobRecord job in page.Jobs)
                    ends.Add(job.Ref.Id, state);
                listed += page.Jobs.Count;
                after = page.Next;
            }
            while (after is not null);

            Assert.Equal(counts.ByState[(int)state], listed);
        }

        return ends;
    }
}
