using Microsoft.Extensions.Logging;

namespace AsyncMQ.Diagnostics;

/// <summary>Everything that AsyncMQ logs, with stable event ids. A failing store is told once per change of state.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "AsyncMQ uses {Store}")]
    public static partial void StoreStarted(ILogger logger, string store);

    [LoggerMessage(2, LogLevel.Information, "Worker {Worker} works {Queues} with {Concurrency} slots")]
    public static partial void WorkerStarted(ILogger logger, string worker, string queues, int concurrency);

    [LoggerMessage(3, LogLevel.Information, "Worker {Worker} stopped; {HandedBack} unfinished jobs were handed back")]
    public static partial void WorkerStopped(ILogger logger, string worker, int handedBack);

    [LoggerMessage(4, LogLevel.Error, "Worker {Worker} met an error that it did not foresee, and goes on; please report it")]
    public static partial void WorkerFailed(ILogger logger, string worker, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "A {Moment} hook of worker {Worker} failed, or did not end in time; the worker goes on")]
    public static partial void WorkerHookFailed(ILogger logger, string moment, string worker, Exception exception);

    [LoggerMessage(6, LogLevel.Information, "This process was told from outside: it {Change}; what runs goes on")]
    public static partial void WorkerQuiet(ILogger logger, string change);

    [LoggerMessage(10, LogLevel.Warning, "{Store} does not answer; worker {Worker} keeps trying")]
    public static partial void StoreFailing(ILogger logger, string store, string worker, Exception exception);

    [LoggerMessage(11, LogLevel.Information, "{Store} answers worker {Worker} again")]
    public static partial void StoreRecovered(ILogger logger, string store, string worker);

    [LoggerMessage(12, LogLevel.Warning, "{Store} cannot be asked for the ends of jobs that are waited for; trying again")]
    public static partial void WaitFailed(ILogger logger, string store, Exception exception);

    [LoggerMessage(13, LogLevel.Warning, "{Store} failed the worker's housekeeping ({Task}); trying again")]
    public static partial void HousekeepingFailed(ILogger logger, string store, string task, Exception exception);

    [LoggerMessage(14, LogLevel.Error, "{Store} refuses what worker {Worker} says, and would refuse it again; its session is given up and a new one opened, its jobs run again")]
    public static partial void StepRefused(ILogger logger, string store, string worker, Exception exception);

    [LoggerMessage(15, LogLevel.Warning, "{Store} cannot be started now; the workers start when it can")]
    public static partial void StoreAway(ILogger logger, string store, Exception exception);

    [LoggerMessage(20, LogLevel.Warning, "The lease of this process was lost; {Jobs} running jobs were told to stop, and what they still say changes nothing")]
    public static partial void LeaseLost(ILogger logger, int jobs);

    [LoggerMessage(21, LogLevel.Warning, "The lease could not be renewed; trying again")]
    public static partial void RenewFailed(ILogger logger, Exception exception);

    [LoggerMessage(22, LogLevel.Warning, "Claim of job {Job} is no longer current; its settlement changed nothing")]
    public static partial void ClaimLost(ILogger logger, JobRef job);

    [LoggerMessage(23, LogLevel.Warning, "Session {Session} was not renewed in time and is dead; its jobs go back to their queues")]
    public static partial void SessionDead(ILogger logger, string session);

    [LoggerMessage(24, LogLevel.Error, "Job {Job} stalled {Stalls} times and failed: its worker was lost each time")]
    public static partial void JobStalledOut(ILogger logger, JobRef job, int stalls);

    [LoggerMessage(30, LogLevel.Error, "Job {Job} ({Name}) failed on attempt {Attempt}: {Error}")]
    public static partial void JobFailed(ILogger logger, JobRef job, string name, int attempt, string error);

    [LoggerMessage(31, LogLevel.Warning, "Job {Job} ({Name}) failed on attempt {Attempt} and runs again in {Delay}: {Error}")]
    public static partial void JobRetries(ILogger logger, JobRef job, string name, int attempt, TimeSpan delay, string error);

    [LoggerMessage(32, LogLevel.Warning, "Job {Job} is called {Name}, for which this process has no handler; it waits for a worker that has one")]
    public static partial void JobParked(ILogger logger, JobRef job, string name);

    [LoggerMessage(33, LogLevel.Information, "Batches of {Name} hold at most {Slots} jobs here, not {Size}: each takes a slot, and the worker's Concurrency is {Slots}")]
    public static partial void BatchesCut(ILogger logger, string name, int slots, int size);

    [LoggerMessage(40, LogLevel.Warning, "Repeatable {Repeatable} of queue {Queue} cannot be used by this process, which passes it over: {Error}")]
    public static partial void RepeatableUnusable(ILogger logger, string repeatable, string queue, string error);

    [LoggerMessage(41, LogLevel.Error, "A repeatable of this host was refused by the store when it came back, and is not as the host says")]
    public static partial void RepeatableRefused(ILogger logger, Exception exception);

    [LoggerMessage(50, LogLevel.Debug, "Process {Process} was started for isolated jobs, the first called {Name}")]
    public static partial void IsolatedProcessStarted(ILogger logger, int process, string name);

    [LoggerMessage(51, LogLevel.Warning, "Process {Process} for isolated jobs is lost while it had none: {Error}")]
    public static partial void IsolatedProcessLost(ILogger logger, int process, string error);

    [LoggerMessage(60, LogLevel.Warning, "Events of {Store} cannot be read; trying again")]
    public static partial void EventsFailed(ILogger logger, string store, Exception exception);

    [LoggerMessage(42, LogLevel.Warning, "Local repeatable {Repeatable} of queue {Queue} cannot add its job; trying again")]
    public static partial void LocalRepeatableFailed(ILogger logger, string repeatable, string queue, Exception exception);
}
