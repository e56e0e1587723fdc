namespace AsyncMQ.Conformance.Driving;

/// <summary>Counts the steps of one session, lane by lane.</summary>
public sealed class StepCounter(SessionId session)
{
    public const int Exchanges = 1;
    public const int Adds = 2;
    public const int Reports = 3;
    public const int Recoveries = 4;
    public const int Administration = 5;
    public const int Maintenance = 6;
    public const int Schedules = 7;
    public const int Metrics = 8;

    private readonly long[] sequences = new long[16];

    public SessionId Session => session;

    public StepId Next(int lane) => new(session, lane, Interlocked.Increment(ref sequences[lane]));
}
