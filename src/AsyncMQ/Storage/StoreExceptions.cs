namespace AsyncMQ.Storage;

/// <summary>A store could not do what was asked. See the two subclasses; of this class itself, the outcome is unknown and the step may be sent again.</summary>
public class StoreException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>Nothing was written, and trying again at once is pointless: the disk is full, the file is read-only, the layout is too new.</summary>
public sealed class StoreRejectedException(string message, Exception? innerException = null) : StoreException(message, innerException);

/// <summary>The session is unknown, closed or was declared dead. Nothing was done; its claims are lost. Open a new session.</summary>
public sealed class SessionLostException(SessionId session)
    : StoreException($"Session {session} is unknown to the store or was declared dead: its lease was not renewed in time. Its claims are lost.")
{
    /// <summary>The session that is lost.</summary>
    public SessionId Session { get; } = session;
}

/// <summary>A step came after a later one of the same lane. Nothing was done.</summary>
public sealed class StaleStepException(StepId step, long last)
    : StoreException($"Step {step.Sequence} of lane {step.Lane} came after step {last} of the same lane; it was abandoned and is not done late.")
{
    /// <summary>The step refused.</summary>
    public StepId Step { get; } = step;
}
