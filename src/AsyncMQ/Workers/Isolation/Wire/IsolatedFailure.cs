namespace AsyncMQ.Workers;

/// <summary>An attempt failed in another process, or with it: what is told of it is data, and no type is loaded by its name.</summary>
internal sealed class IsolatedFailure(JobError error) : Exception(error.Message)
{
    /// <summary>The type of errors that are not an exception of the handler's: its process is gone, or was made to go.</summary>
    public const string ProcessLost = "IsolatedProcessLost";

    public JobError Error => error;

    /// <summary>What happened in the other process, where an exception only passes that on; null: it is of this process.</summary>
    public static JobError? Of(Exception exception) => exception switch
    {
        IsolatedFailure failure => failure.Error,
        UnrecoverableJobException { InnerException: IsolatedFailure failure } => failure.Error,
        OperationCanceledException { InnerException: IsolatedFailure failure } => failure.Error,
        _ => null,
    };

    public override string ToString() => error.Detail ?? $"{error.Type}: {error.Message}";
}
