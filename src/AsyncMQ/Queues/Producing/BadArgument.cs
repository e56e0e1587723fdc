namespace AsyncMQ.Queues;

/// <summary>What an inner call said of a bad argument, for a message that says which of many it was.</summary>
internal static class BadArgument
{
    // The parameter of an inner call tells the caller nothing.
    public static string Text(ArgumentException error)
    {
        int suffix = error.ParamName is null ? -1 : error.Message.IndexOf($" (Parameter '{error.ParamName}')", StringComparison.Ordinal);
        return suffix < 0 ? error.Message : error.Message[..suffix];
    }
}
