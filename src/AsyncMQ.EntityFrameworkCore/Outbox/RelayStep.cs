namespace AsyncMQ.EntityFrameworkCore;

/// <summary>The steps of a round of the relay.</summary>
internal enum RelayStep
{
    Read,
    Added,
    Deleted,
}
