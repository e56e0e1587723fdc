using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace AsyncMQ.IsolationWorker;

/// <summary>The handlers of the program, well-behaved and wicked.</summary>
internal static class Handlers
{
    private static readonly Isolation Fresh = new() { Grace = TimeSpan.FromMilliseconds(300) };
    private static readonly Isolation Warm = new() { JobsPerProcess = 3, MaxProcesses = 1 };
    private static readonly Isolation Idling = new() { JobsPerProcess = 100, IdleTimeout = TimeSpan.FromMilliseconds(200) };
    private static readonly Isolation Small = new() { MemoryLimit = 200 << 20 };
    private static readonly Isolation Hasty = new() { StartTimeout = TimeSpan.FromSeconds(2) };

    public static void Register(AsyncMQBuilder mq, string build)
    {
        mq.AddHandler("echo", (context, _) => Task.FromResult(context.Args[0].GetString()), In(Fresh))
            .AddHandler("too-large", (_, _) => Task.FromResult(new string('x', 3 << 20)), In(Fresh))
            .AddHandler("talk", TalkAsync, In(Fresh))
            .AddHandler("throw", (context, token) => throw new CustomException("it is broken", new FormatException("deep inside")), In(Fresh))
            .AddHandler("give-up", (context, token) => throw new UnrecoverableJobException("no use"), In(Fresh, retries: 5))
            .AddHandler("put-back", PutBackAsync, In(Fresh))
            .AddHandler("own-cancel", (context, token) => throw new OperationCanceledException("of its own accord"), In(Fresh))
            .AddHandler("wait", WaitAsync, In(Fresh))
            .AddHandler("wait-briefly", WaitAsync, In(Fresh, timeout: 1_000))
            .AddHandler("deaf", Wicked.DeafAsync, In(Fresh, timeout: 1_500))
            .AddHandler("deaf-for-ever", Wicked.DeafAsync, In(Fresh))
            .AddHandler("fail-fast", Wicked.FailFast, In(Fresh))
            .AddHandler("exit", Wicked.Exit, In(Fresh, retries: 1))
            .AddHandler("kill-itself", Wicked.KillItself, In(Fresh))
            .AddHandler("managed-memory", Wicked.TakeManaged, In(Small))
            .AddHandler("native-memory", Wicked.TakeNative, In(Small))
            .AddHandler("garbage", Wicked.SpeakGarbage, In(Fresh))
            .AddHandler("half-a-frame", Wicked.SpeakHalfAFrame, In(Fresh))
            .AddHandler("hang-up", Wicked.HangUp, In(Fresh))
            .AddHandler("leave-child", Wicked.LeaveChildAsync, In(Fresh))
            .AddHandler("dependent", DependentAsync, In(Fresh))
            .AddHandler("add-another", (context, token) => context.Services.GetRequiredService<IJobClient>().GetQueue("isolated").AddAsync("nobody", cancellationToken: token), In(Fresh))
            .AddHandler("warm", (_, _) => Task.FromResult(Environment.ProcessId), In(Warm))
            .AddHandler("warm-fail-fast", Wicked.FailFast, In(Warm))
            .AddHandler("idling", (_, _) => Task.FromResult(Environment.ProcessId), In(Idling))
            .AddHandler("hasty", (_, _) => Task.CompletedTask, In(Hasty))
            .AddHandler("here", (_, _) => Task.FromResult(Environment.ProcessId))
            .AddHandler("surrounded", (context, _) => Task.FromResult($"{context.Args[0].GetInt32()} {Environment.ProcessId}"), In(Fresh))
            .AddMiddleware(
                (context, next, token) =>
                {
                    context.Args = [Environment.ProcessId];
                    return next(token);
                },
                "surrounded")
            .AddHandler<Greet, string, GreetHandler>();
        if (!AsyncMQHost.IsIsolatedProcess)
        {
            mq.AddHandler("ghost", (_, _) => Task.CompletedTask, In(Fresh)).AddHandler("warm-ghost", (_, _) => Task.CompletedTask, In(Warm));
            Console.WriteLine($"built {build} in {Environment.ProcessId}");
        }
    }

    private static Action<HandlerOptions> In(Isolation isolation, int retries = 0, int? timeout = null) => options =>
    {
        options.Isolation = isolation;
        options.Retries = retries;
        options.Backoff = Backoff.None;
        options.Timeout = timeout is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;
    };

    private static async Task<string> TalkAsync(JobContext context, CancellationToken token)
    {
        Console.WriteLine("a handler speaks to the console");
        await Console.Error.WriteLineAsync("a handler complains to the console");
        await Console.Out.FlushAsync(token);
        await context.ReportProgressAsync(40, "nearly half", token);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(line => context.LogAsync($"line {line}", token)));
        return string.Create(CultureInfo.InvariantCulture, $"{context.Ref} {context.Name} {context.Attempt}/{context.MaxAttempts} {context.Headers["tenant"]} {context.Stalls}");
    }

    private static Task PutBackAsync(JobContext context, CancellationToken token)
    {
        string mark = context.Args[0].GetString()!;
        if (File.Exists(mark))
            return Task.CompletedTask;
        File.WriteAllText(mark, "");
        throw new RetryJobException(TimeSpan.FromMilliseconds(1), "not yet");
    }

    private static async Task WaitAsync(JobContext context, CancellationToken token)
    {
        await context.LogAsync($"waits in {Environment.ProcessId}", CancellationToken.None);
        try
        {
            await Task.Delay(Timeout.Infinite, token);
        }
        catch (OperationCanceledException)
        {
            await context.LogAsync($"ended by {context.CancellationReason}", CancellationToken.None);
            throw;
        }
    }

    private static async Task<string> DependentAsync(JobContext context, CancellationToken token)
    {
        DependencyResults results = await context.GetDependenciesAsync(token);
        string seen = string.Join(' ', results.Select(result => $"{result.Name}={(result.HasValue ? result.Get<string>()!.Length : result.Error?.Message ?? "gone")}"));
        return $"{await context.GetFlowIdAsync(token)}: {seen}";
    }
}

internal sealed class CustomException(string message, Exception inner) : Exception(message, inner);

/// <summary>A service with a life of an attempt.</summary>
internal sealed class ScopedGreeter : IDisposable
{
    private bool isDisposed;

    public string Greet(string name) => isDisposed ? throw new ObjectDisposedException(name) : $"hello {name}";

    public void Dispose()
    {
        isDisposed = true;
        Console.WriteLine("the greeter is disposed");
    }
}

[Job("greet", Isolated = true)]
internal sealed record Greet(string Name) : IJob<string>;

internal sealed class GreetHandler(ScopedGreeter greeter) : IJobHandler<Greet, string>
{
    public Task<string> HandleAsync(Greet job, JobContext context, CancellationToken cancellationToken) => Task.FromResult($"{greeter.Greet(job.Name)} from {Environment.ProcessId}");
}
