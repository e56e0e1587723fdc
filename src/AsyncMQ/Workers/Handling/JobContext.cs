using System.Data.Common;
using AsyncMQ.Jobs;
using AsyncMQ.Workers;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ;

/// <summary>Why a handler's token fired.</summary>
public enum JobCancellationReason
{
    /// <summary>It did not fire.</summary>
    None = 0,

    /// <summary>Somebody cancelled the job: it ends as cancelled, whatever the handler does.</summary>
    Cancelled = 1,

    /// <summary>The attempt ran longer than its timeout.</summary>
    Timeout = 2,

    /// <summary>This process lost the claim; another worker may run the job. What this handler still says changes nothing.</summary>
    LeaseLost = 3,

    /// <summary>The host is stopping and its deadline is over; the job goes back to its queue, the attempt refunded.</summary>
    HostStopping = 4,
}

/// <summary>One attempt of a job, seen from its handler. A unit test can make one of its own; what is reported is then kept in it.</summary>
public sealed class JobContext
{
    private const int LongestLine = 16_384;
    private OfUnitTest? test;
    private IServiceProvider? services;
    private AsyncServiceScope? scope;

    /// <summary>Makes a context, as a unit test of a handler does.</summary>
    /// <param name="job">Queue and id.</param>
    /// <param name="name">The job's name.</param>
    /// <param name="args">The arguments; null: none.</param>
    public JobContext(JobRef job, string name, JobArgs? args = null)
    {
        Ref = job;
        Name = name;
        Args = args ?? JobArgs.Empty;
    }

    /// <summary>Queue and id.</summary>
    public JobRef Ref { get; }

    /// <summary>The job's id.</summary>
    public string Id => Ref.Id;

    /// <summary>The job's name.</summary>
    public string Name { get; }

    /// <summary>The job's arguments. A middleware may set others for what comes after it; what is stored stays.</summary>
    /// <exception cref="ArgumentNullException">The value is null; <see cref="JobArgs.Empty"/> is none.</exception>
    public JobArgs Args { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "Args must not be null; JobArgs.Empty is none."); }

    /// <summary>Which attempt this is, from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>How many attempts the job has in all.</summary>
    public int MaxAttempts { get; init; } = 1;

    /// <summary>How often a worker was lost while it ran this job: above zero, parts of the work may have been done.</summary>
    public int Stalls { get; init; }

    /// <summary>The headers that the job was added with.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = NoHeaders;

    /// <summary>The services of this attempt: a scope of its own, disposed when the attempt ends.</summary>
    public IServiceProvider Services
    {
        get
        {
            if (Root is not null && Run is not null)
                MakeScope(Root, Run);
            return services ?? throw new InvalidOperationException("This context was made without services. Set Services, as in new JobContext(…) { Services = … }.");
        }

        init => services = value;
    }

    /// <summary>Why the handler's token fired.</summary>
    public JobCancellationReason CancellationReason => Run?.Reason ?? JobCancellationReason.None;

    /// <summary>The last progress reported by this attempt; null: none.</summary>
    public JobProgress? Progress { get; private set; }

    /// <summary>The lines that this context kept: those logged on a context made by a unit test; empty in a worker, where they are stored.</summary>
    public IReadOnlyList<string> Lines => test?.Lines ?? [];

    /// <summary>What <see cref="GetDependenciesAsync"/> answers on a context made by a unit test; empty in a worker, where it is read from the store.</summary>
    public IReadOnlyList<DependencyResult> GivenDependencies { get => test?.Dependencies ?? []; init => (test ??= new()).Dependencies = [.. value]; }

    /// <summary>What <see cref="GetFlowIdAsync"/> answers on a context made by a unit test; null in a worker, where it is read from the store.</summary>
    public string? GivenFlowId { get => test?.FlowId; init => (test ??= new()).FlowId = value; }

    internal static IReadOnlyDictionary<string, string> NoHeaders { get; } = new Dictionary<string, string>();

    internal IServiceProvider? Root { get; init; }

    internal IJobRun? Run { get; init; }

    /// <summary>Says how far the handler is. Stored with the job at once, if the claim is still this attempt's.</summary>
    /// <param name="percent">0 to 100.</param>
    /// <param name="message">A text; null: none.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The percentage is not 0 to 100.</exception>
    /// <exception cref="PayloadTooLargeException">The message is over the payload limit.</exception>
    /// <exception cref="OperationCanceledException">The claim is lost; <see cref="CancellationReason"/> says so.</exception>
    public Task ReportProgressAsync(double percent, string? message = null, CancellationToken cancellationToken = default)
    {
        if (!(percent is >= 0 and <= 100))
            throw new ArgumentOutOfRangeException(nameof(percent), percent, $"Progress must be 0 to 100 per cent, but was {percent}.");

        var progress = new JobProgress(percent, message);
        Task stored = Run is null ? Task.CompletedTask : Run.ReportAsync(progress, null, cancellationToken);
        Progress = progress;
        return stored;
    }

    /// <summary>Appends a line to the job's own log: the last 1 000 lines or 64 KiB are kept. A line over 16 384 characters is cut.</summary>
    /// <param name="line">The line.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    /// <exception cref="OperationCanceledException">The claim is lost; <see cref="CancellationReason"/> says so.</exception>
    public Task LogAsync(string line, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (Run is not null)
            return Run.ReportAsync(null, WellFormed.Cut(line, LongestLine), cancellationToken);

        (test ??= new()).Lines.Add(line);
        return Task.CompletedTask;
    }

    /// <summary>
    /// What the jobs that this one depends on have come to, read from the store now; a job that depends on none costs no call. One whose record is gone,
    /// removed or by retention, is told as gone.
    /// </summary>
    /// <param name="cancellationToken">Abandons the wait.</param>
    /// <exception cref="Storage.StoreException">The store did not answer in time.</exception>
    /// <exception cref="OperationCanceledException">The claim is lost; <see cref="CancellationReason"/> says so.</exception>
    public Task<DependencyResults> GetDependenciesAsync(CancellationToken cancellationToken = default) =>
        Run is null ? Task.FromResult(new DependencyResults(GivenDependencies)) : Run.ReadDependenciesAsync(cancellationToken);

    /// <summary>The id of the flow that this job belongs to, to which its handler may add (<see cref="IJobFlows.AddToFlowAsync"/>); null: none.</summary>
    /// <param name="cancellationToken">Abandons the wait.</param>
    /// <exception cref="Storage.StoreException">The store did not answer in time.</exception>
    /// <exception cref="OperationCanceledException">The claim is lost; <see cref="CancellationReason"/> says so.</exception>
    public Task<string?> GetFlowIdAsync(CancellationToken cancellationToken = default) =>
        Run is null ? Task.FromResult(GivenFlowId) : Run.ReadFlowIdAsync(cancellationToken);

    /// <summary>
    /// Writes inside a transaction of the handler's that this job is completed, so that its other writes and the job's end are one: when the process dies
    /// after the commit, the job counts as completed and is not run again; when it dies before, nothing was done. Call it in the transaction that has the
    /// job's effects, then commit, then return. No other attempt can commit a completion of the same job, unless somebody retries it by hand.
    /// </summary>
    /// <param name="transaction">An open transaction on the store's own database (PostgreSQL, SQLite). Its isolation level should be READ COMMITTED.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    /// <exception cref="JobAlreadyCompletedException">Another attempt completed the job: let it leave the handler. The transaction must be rolled back.</exception>
    /// <exception cref="OperationCanceledException">The claim is lost. The transaction must be rolled back.</exception>
    /// <exception cref="NotSupportedException">The store does not live in a database of the user's, or the handler runs in a process of its own.</exception>
    /// <exception cref="Storage.StoreException">It could not be written; the transaction must be rolled back.</exception>
    public Task CompleteInAsync(DbTransaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return Run is null ? Task.CompletedTask : Run.CompleteInAsync(transaction, null, cancellationToken);
    }

    /// <summary>The same with a result, which is the job's when the process dies between the commit and the handler's return.</summary>
    /// <inheritdoc cref="CompleteInAsync(DbTransaction, CancellationToken)"/>
    /// <typeparam name="TResult">Its type, as the handler's.</typeparam>
    /// <param name="transaction">An open transaction on the store's own database.</param>
    /// <param name="result">What the handler is about to return.</param>
    /// <param name="cancellationToken">Abandons the wait.</param>
    public Task CompleteInAsync<TResult>(DbTransaction transaction, TResult result, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return Run is null ? Task.CompletedTask : Run.CompleteInAsync(transaction, json => HandlerDefinition.WriteResult(result, json.TypeInfo<TResult>()), cancellationToken);
    }

    /// <summary>Gives the attempt the services of its batch.</summary>
    internal void ShareServices(IServiceProvider shared)
    {
        lock (Run!)
            services ??= shared;
    }

    // Handlers may ask from several threads. The run is locked because no user can, and a lock of its own would cost every job.
    private void MakeScope(IServiceProvider root, IJobRun run)
    {
        lock (run)
        {
            if (services is not null)
                return;
            scope = root.CreateAsyncScope();
            services = scope.Value.ServiceProvider;
        }
    }

    /// <summary>Ends the attempt's scope, if one was made.</summary>
    internal ValueTask EndScopeAsync() => scope?.DisposeAsync() ?? default;

    /// <summary>What only a context made by a unit test has, in one place: a context is made for every job.</summary>
    private sealed class OfUnitTest
    {
        public List<string> Lines { get; } = [];

        public IReadOnlyList<DependencyResult> Dependencies { get; set; } = [];

        public string? FlowId { get; set; }
    }
}
