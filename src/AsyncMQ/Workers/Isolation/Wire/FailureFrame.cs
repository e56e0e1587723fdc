namespace AsyncMQ.Workers;

/// <summary>An exception of a handler on its way to the worker: what it means for the job, and how it is described.</summary>
internal static class FailureFrame
{
    private enum Meaning
    {
        Failure = 0,
        Cancellation = 1,
        Unrecoverable = 2,
        PutBack = 3,
        KeyLimited = 4,
        QueueLimited = 5,
    }

    public static FrameWriter Write(int number, Exception exception)
    {
        (Meaning meaning, TimeSpan delay) = exception switch
        {
            OperationCanceledException => (Meaning.Cancellation, TimeSpan.Zero),
            UnrecoverableJobException => (Meaning.Unrecoverable, TimeSpan.Zero),
            RetryJobException putBack => (Meaning.PutBack, putBack.Delay),
            RateLimitedException { Scope: RateLimitScope.Queue } limited => (Meaning.QueueLimited, limited.RetryAfter),
            RateLimitedException limited => (Meaning.KeyLimited, limited.RetryAfter),
            _ => (Meaning.Failure, TimeSpan.Zero),
        };
        return new FrameWriter(FrameKind.Failed, 4_096).Int(number).Int((int)meaning).Long(delay.Ticks).Error(JobError.Of(exception));
    }

    /// <summary>The exception that means the same for the job.</summary>
    /// <exception cref="InvalidDataException">The frame says nothing of that kind.</exception>
    public static Exception Read(ref FrameReader frame)
    {
        var meaning = (Meaning)frame.Int();
        var delay = TimeSpan.FromTicks(frame.Long());
        var failure = new IsolatedFailure(frame.Error() ?? throw new InvalidDataException("A failure without an error came."));
        try
        {
            return meaning switch
            {
                Meaning.Failure => failure,
                Meaning.Cancellation => new OperationCanceledException(failure.Message, failure),
                Meaning.Unrecoverable => new UnrecoverableJobException(failure.Message, failure),
                Meaning.PutBack => new RetryJobException(delay, failure.Message),
                Meaning.KeyLimited => new RateLimitedException(delay, RateLimitScope.Key, failure.Message),
                Meaning.QueueLimited => new RateLimitedException(delay, RateLimitScope.Queue, failure.Message),
                _ => throw new InvalidDataException($"A failure of an unknown kind came ({(int)meaning})."),
            };
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new InvalidDataException($"A delay came that is none: {e.Message}");
        }
    }
}
