namespace AsyncMQ.Postgres;

/// <content>Checks what is stored against the invariants, without a change.</content>
internal sealed partial class PostgresJobStore
{
    private const int MostOfAKind = 1_000;

    /// <summary>The functions that look for violations: a row with a sentence for each.</summary>
    private static readonly string[] Audits = ["audit_links"];

    public async Task<IReadOnlyList<string>> AuditAsync(CancellationToken cancellationToken)
    {
        List<string> violations = [];
        foreach (string audit in Audits)
            violations.AddRange(await steps.LookAsync(audit, new(), ReadSentencesAsync, cancellationToken).ConfigureAwait(false));
        return violations;
    }

    private static async ValueTask<List<string>> ReadSentencesAsync(Npgsql.NpgsqlDataReader reader)
    {
        List<string> sentences = [];
        while (sentences.Count < MostOfAKind && await reader.ReadAsync().ConfigureAwait(false))
            sentences.Add(reader.GetString(0));
        return sentences;
    }
}
