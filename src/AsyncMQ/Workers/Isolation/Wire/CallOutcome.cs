namespace AsyncMQ.Workers;

/// <summary>How a call of a handler was answered. The numbers are the protocol.</summary>
internal enum CallOutcome
{
    Done = 0,
    ClaimLost = 1,
    StoreFailed = 2,
    Failed = 3,
}
