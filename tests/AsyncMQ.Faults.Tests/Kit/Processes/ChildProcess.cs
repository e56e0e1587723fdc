using System.Diagnostics;

namespace AsyncMQ.Faults.Kit;

/// <summary>A real process, with its output kept and its fate in the test's hand.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process process;
    private readonly Lock gate = new();
    private readonly List<string> output = [];
    private int? exitCode;

    public ChildProcess(string name, string program, IEnumerable<string> arguments)
    {
        Name = name;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        process = new() { StartInfo = start };
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Pid = process.Id;
    }

    public string Name { get; }

    public int Pid { get; }

    public bool HasExited => exitCode is not null || process.HasExited;

    public int ExitCode => exitCode ?? process.ExitCode;

    /// <summary>What it said so far, both streams.</summary>
    public string Output
    {
        get
        {
            lock (gate)
                return string.Join('\n', output);
        }
    }

    /// <summary>kill -9, and waits until it is gone.</summary>
    public void Kill()
    {
        UnixCalls.Signal(Pid, UnixCalls.SigKill);
        process.WaitForExit();
        exitCode = process.ExitCode;
        process.Dispose(); // hundreds may die in one test: none keeps its pipes
    }

    /// <summary>SIGSTOP: it stands still and does not know it.</summary>
    public void Stop() => UnixCalls.Signal(Pid, UnixCalls.SigStop);

    /// <summary>SIGCONT.</summary>
    public void Continue() => UnixCalls.Signal(Pid, UnixCalls.SigCont);

    /// <summary>SIGTERM: asks it to stop.</summary>
    public void Terminate() => UnixCalls.Signal(Pid, UnixCalls.SigTerm);

    /// <summary>Waits until it has ended by itself.</summary>
    public async Task<int> ExitAsync(TimeSpan patience)
    {
        try
        {
            await process.WaitForExitAsync().WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{this} has not ended within {patience.TotalSeconds:0} s.\n{Output}");
        }

        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!HasExited)
            Kill();
        process.Dispose();
    }

    public override string ToString() => $"{Name} ({Pid})";

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (gate)
        {
            if (line.Data is { } text)
                output.Add(text);
        }
    }
}
