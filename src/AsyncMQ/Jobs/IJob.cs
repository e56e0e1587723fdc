using System.Diagnostics.CodeAnalysis;

namespace AsyncMQ;

/// <summary>A typed job: a record with a <see cref="JobAttribute"/>, whose properties are the job's named arguments.</summary>
[SuppressMessage("Design", "CA1040", Justification = "marks what may be added as a job, so that a string or options cannot be taken for one")]
public interface IJob;

/// <summary>A typed job whose handler returns a result.</summary>
/// <typeparam name="TResult">The result's type; must be serialisable as JSON.</typeparam>
[SuppressMessage("Design", "CA1040", Justification = "carries the result's type")]
public interface IJob<TResult> : IJob;
