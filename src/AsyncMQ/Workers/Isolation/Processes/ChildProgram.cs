using System.Diagnostics;
using AsyncMQ.Seams;

namespace AsyncMQ.Workers;

/// <summary>This program, started again: its life and its end, without what it says.</summary>
internal sealed class ChildProgram
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);
    private readonly Process process;
    private readonly ErrorTail errors = new();
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private bool leads;
    private bool isGone;

    /// <exception cref="System.ComponentModel.Win32Exception">The system does not start it.</exception>
    public ChildProgram(ProcessStartInfo start, RuntimeSeams seams)
    {
        time = seams.Time;
        process = Process.Start(start) ?? throw new InvalidOperationException($"'{start.FileName}' did not start.");
        Pid = process.Id;
        process.StandardInput.Close();
        Task copying = errors.CopyAsync(process.StandardError.BaseStream);
        Ended = EndAsync(copying);
    }

    public int Pid { get; }

    /// <summary>Ends with the process; tells how it ended.</summary>
    public Task<string> Ended { get; }

    /// <summary>The last that it wrote to its standard error; null: nothing.</summary>
    public string? Errors => errors.Read();

    /// <summary>It says that it leads a group of its own, which from now on is killed with it.</summary>
    public void Leads()
    {
        lock (gate)
            leads = true;
    }

    /// <summary>Kills it, and all that it started.</summary>
    public void Kill()
    {
        lock (gate)
        {
            if (isGone)
                return;
        }

        try
        {
            // First those that left the group but are still known as its children: they are not, once it is gone.
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or NotSupportedException or AggregateException or System.ComponentModel.Win32Exception)
        {
            // It was faster.
        }

        KillGroup();
    }

    // Whatever it leaves behind in its group goes with it, however it ended: also what holds its standard error open.
    private async Task<string> EndAsync(Task copying)
    {
        await process.WaitForExitAsync().ConfigureAwait(false);
        KillGroup(isEnd: true);
        await copying.WaitAsync(LastWords, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        string end = DescribeEnd();
        process.Dispose();
        return end;
    }

    // Not once it is long gone: its number may be another's by then.
    private void KillGroup(bool isEnd = false)
    {
        lock (gate)
        {
            if (leads && !isGone)
                ProcessGroup.Kill(Pid);
            isGone |= isEnd;
        }
    }

    private string DescribeEnd()
    {
        try
        {
            return ProcessEnd.Describe(process.ExitCode);
        }
        catch (InvalidOperationException)
        {
            return "it ended, nobody knows how"; // somebody else has waited for it
        }
    }
}
