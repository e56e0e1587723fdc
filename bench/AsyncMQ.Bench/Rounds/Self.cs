using System.Diagnostics;

namespace AsyncMQ.Bench.Rounds;

/// <summary>This program, started once more; it ends when its input does.</summary>
internal static class Self
{
    public static Process Start(params IEnumerable<string> args)
    {
        string self = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is not known, so it cannot start a child.");
        var start = new ProcessStartInfo(self) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(self) == "dotnet")
            start.ArgumentList.Add(typeof(Self).Assembly.Location);
        foreach (string argument in args)
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException($"'{self}' did not start.");
    }

    /// <summary>Ends it, by force when it does not end by itself.</summary>
    public static async Task EndAsync(Process child)
    {
        child.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await child.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!child.HasExited)
            child.Kill();
        child.Dispose();
    }
}
