namespace Reports;

/// <summary>The names of the queues.</summary>
internal static class Queues
{
    public const string Files = "files";
    public const string Reports = "reports";
}
