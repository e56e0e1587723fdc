using System.Security.Cryptography;
using System.Text;
using AsyncMQ;

namespace Quickstart;

/// <summary>The files to measure, as jobs.</summary>
internal static class SourceFiles
{
    private static readonly HashSet<string> BuildOutputs = ["bin", "obj", "artifacts", ".git", "node_modules", "TestResults"];

    public static async IAsyncEnumerable<JobSpec> AsJobsAsync(string root, string databasePath)
    {
        foreach (string path in Under(root))
        {
            if (!path.StartsWith(databasePath, StringComparison.Ordinal))
                yield return JobSpec.Of(new MeasureFile(path), new() { JobId = IdOf(path) });
        }

        await Task.CompletedTask;
    }

    /// <summary>One queue for each root, so that runs over different folders do not mix.</summary>
    public static string QueueOf(string root) => $"files-{Hash(root)[..8]}";

    // The same file is the same job: added again, by a second run or a second copy, it is a duplicate and not done again.
    private static string IdOf(string path) => $"file-{Hash(path)[..32]}";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static IEnumerable<string> Under(string folder)
    {
        var options = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        var folders = new Stack<string>([folder]);
        while (folders.TryPop(out string? next))
        {
            foreach (string file in Directory.EnumerateFiles(next, "*", options))
                yield return file;
            foreach (string child in Directory.EnumerateDirectories(next, "*", options).Where(child => !BuildOutputs.Contains(Path.GetFileName(child))))
                folders.Push(child);
        }
    }
}
