using System.Security.Cryptography;
using AsyncMQ;

namespace Quickstart;

/// <summary>The job: its name is what is stored, its properties are its arguments, FileFacts is its result.</summary>
[Job("file.measure", Retries = 3, BackoffSeconds = 0.2)]
public sealed record MeasureFile(string Path) : IJob<FileFacts>;

/// <summary>What the job finds out, stored as its result.</summary>
public sealed record FileFacts(string Path, long Bytes, long Lines, long Words, string Sha256);

/// <summary>Runs one attempt. Services come through the constructor; what it throws fails the attempt.</summary>
public sealed class MeasureFileHandler(Chaos chaos) : IJobHandler<MeasureFile, FileFacts>
{
    public async Task<FileFacts> HandleAsync(MeasureFile job, JobContext context, CancellationToken cancellationToken)
    {
        chaos.MaybeFail(context);
        try
        {
            return await MeasureAsync(job.Path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Trying again would not help: the job fails at once, and the error is kept with it.
            throw new UnrecoverableJobException($"The file cannot be read: {e.Message}", e);
        }
    }

    private static async Task<FileFacts> MeasureAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, useAsync: false);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[64 * 1024];
        long bytes = 0, lines = 0, words = 0;
        bool inWord = false;
        while (await file.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            sha.AppendData(buffer, 0, read);
            bytes += read;
            foreach (byte b in buffer.AsSpan(0, read))
            {
                lines += b == '\n' ? 1 : 0;
                bool isSpace = b is (byte)' ' or (>= 9 and <= 13);
                words += inWord || isSpace ? 0 : 1;
                inWord = !isSpace;
            }
        }

        return new(path, bytes, lines, words, Convert.ToHexStringLower(sha.GetHashAndReset()));
    }
}

/// <summary>Fails attempts by chance, to watch retries: <c>--fail-rate 0.3</c>.</summary>
public sealed class Chaos(double rate)
{
    public void MaybeFail(JobContext context)
    {
        if (rate > 0 && Random.Shared.NextDouble() < rate)
            throw new InvalidOperationException($"Failed by chance, on attempt {context.Attempt} of {context.MaxAttempts}.");
    }
}
