using AsyncMQ.Postgres.Connecting;
using Npgsql;

namespace AsyncMQ.Postgres.Inspecting;

/// <summary>Checks what is stored against the invariants, without a change: each function gives a sentence for each violation.</summary>
internal static class Audits
{
    private static readonly string[] Functions = ["audit_store", "audit_links", "audit_keys"];

    public static async Task<IReadOnlyList<string>> RunAsync(StepRunner steps, CancellationToken cancellationToken)
    {
        List<string> violations = [];
        foreach (string function in Functions)
            violations.AddRange(await steps.LookAsync(function, new(), ReadAsync, cancellationToken).ConfigureAwait(false));
        return violations;
    }

    private static async ValueTask<List<string>> ReadAsync(NpgsqlDataReader reader)
    {
        List<string> sentences = [];
        while (await reader.ReadAsync().ConfigureAwait(false))
            sentences.Add(reader.GetString(0));
        return sentences;
    }
}
