using System.Diagnostics;

namespace AsyncMQ.Workers;

/// <summary>
/// Looks at how much memory a child has, and has it killed when it is too much. By looking, because the limits that systems offer do not fit: those of a
/// process count what the runtime only reserves, and those of a group of processes are an administrator's to give.
/// </summary>
internal static class MemoryWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync(ChildProgram child, long limit, TimeProvider time, Action<Exception> kill)
    {
        try
        {
            using var process = Process.GetProcessById(child.Pid);
            while (!child.Ended.IsCompleted)
            {
                process.Refresh();
                long used = process.WorkingSet64;
                if (used > limit)
                {
                    kill(new IsolatedFailure(new(
                        IsolatedFailure.ProcessLost, $"The process of the job used {used >> 20} MiB of memory, over its limit of {limit >> 20} MiB, and was killed.", child.Errors)));
                    return;
                }

                await ((Task)child.Ended).WaitAsync(Interval, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or System.ComponentModel.Win32Exception)
        {
            // It ended while it was looked at.
        }
    }
}
