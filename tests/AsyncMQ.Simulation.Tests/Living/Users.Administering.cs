using AsyncMQ.Simulation.Machine;

namespace AsyncMQ.Simulation.Living;

/// <content>What people do to jobs and queues that are there.</content>
internal sealed partial class Users
{
    private async Task AdministerAsync(SimulatedProcess process, Chance chance)
    {
        IJobClient client = process.Host.Client;
        IJobQueue queue = client.GetQueue(chance.Of(Queues));
        if (chance.Is(600) && jobs.Count > 0)
        {
            await ChangeAsync(client, jobs[chance.Below(jobs.Count)], chance);
            return;
        }

        switch (chance.Below(12))
        {
            case 0:
                await queue.PauseAsync(new() { By = "somebody", For = chance.Spread(Moment, TimeSpan.FromMinutes(5)) });
                break;
            case 1:
                await queue.PauseAsync();
                await Task.Delay(chance.Spread(Moment, TimeSpan.FromMinutes(10)), process.Clock);
                await queue.ResumeAsync();
                break;
            case 2:
                await queue.ResumeAsync();
                break;
            case 3:
                await queue.RetryAsync(new() { States = [JobState.Failed], Text = "failed" });
                break;
            case 4:
                await queue.CancelAsync(new() { States = [JobState.Waiting, JobState.Active], Name = Handlers.Counting });
                break;
            case 5:
                await queue.PromoteAsync(new());
                break;
            case 6:
                await queue.CleanAsync(chance.Of(JobState.Completed, JobState.Failed, JobState.Cancelled), TimeSpan.FromMinutes(chance.Below(20)), limit: 20);
                break;
            case 7:
                await queue.RemoveDeduplicationKeyAsync($"{chance.Of("one", "window")}-{chance.Below(4)}");
                break;
            case 8 when chance.Is(200):
                await client.GetQueue(Scratch).ObliterateAsync(force: chance.Is(500));
                break;
            case 9 when chance.Is(300):
                await client.GetQueue(Scratch).DrainAsync(includeDelayed: chance.Is(500));
                break;
            default:
                await queue.GetStatsAsync();
                await queue.GetJobsAsync(new() { Take = 10 });
                break;
        }
    }

    /// <summary>Does something to a job.</summary>
    public static async Task ChangeAsync(IJobClient client, JobRef job, Chance chance)
    {
        IJobQueue queue = client.GetQueue(job.Queue);
        switch (chance.Below(10))
        {
            case < 3:
                await queue.CancelJobAsync(job.Id);
                break;
            case 3:
                await queue.RemoveJobAsync(job.Id);
                break;
            case 4 or 5:
                await queue.RetryJobAsync(job.Id);
                break;
            case 6:
                await queue.PromoteJobAsync(job.Id);
                break;
            case 7:
                await queue.RescheduleJobAsync(job.Id, chance.Is(200) ? TimeSpan.Zero : chance.Spread(Moment, TimeSpan.FromMinutes(20)));
                break;
            case 8:
                await queue.WaitAsync(job.Id);
                break;
            default:
                await queue.GetJobAsync(job.Id);
                await queue.RemoveDelayedAsync(job.Id);
                break;
        }
    }
}
