namespace AsyncMQ;

/// <summary>Runs what comes after a middleware: the next one, at last the handler. May be called again, or not at all.</summary>
/// <param name="cancellationToken">What the rest is given; usually the token that the middleware was given.</param>
/// <returns>The result as JSON text in UTF-8; empty for none.</returns>
public delegate ValueTask<ReadOnlyMemory<byte>> JobNext(CancellationToken cancellationToken);

/// <summary>
/// Stands around the attempts of jobs in a worker, inside their timeout. The first one registered is the outermost. One that is registered as a type comes
/// from the services of the attempt, as handlers do.
/// </summary>
public interface IJobMiddleware
{
    /// <summary>
    /// Stands around one attempt. Before it calls <paramref name="next"/> it may set <see cref="JobContext.Args"/>; without calling it, it answers in the
    /// handler's place. An exception that leaves it fails the attempt, as one of the handler's would.
    /// </summary>
    /// <param name="context">The attempt.</param>
    /// <param name="next">Runs the rest: its result, or its exception.</param>
    /// <param name="cancellationToken">The handler's token; <see cref="JobContext.CancellationReason"/> says why it fired.</param>
    /// <returns>The result of the attempt as JSON text in UTF-8, usually what <paramref name="next"/> returned; empty for none.</returns>
    ValueTask<ReadOnlyMemory<byte>> InvokeAsync(JobContext context, JobNext next, CancellationToken cancellationToken);
}
