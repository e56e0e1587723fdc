using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Keys;

namespace AsyncMQ.Sqlite.Inspecting;

/// <summary>Checks what is stored against the invariants, without a change.</summary>
internal static class Auditing
{
    private const int MostOfAKind = 100;

    private static readonly string[] Checks =
    [
        "counts", "tombstones", "next-due", "homeless", "states", "claims", "closed-claims", "numbers", "side-rows", "bodies", "deduplication", "lanes",
        "links", "open-edges", "waits-for-nothing", "dependencies", "effects", "flows",
        "schedules", "occurrences", "histories",
        "seats", "keyed", "keys", "lanes-of-keys", "heads",
        "events",
        "inbox", "completions",
    ];

    public static IReadOnlyList<string> Audit(Database database, long now)
    {
        List<string> violations = [];
        foreach (string check in Checks)
        {
            Statement rows = database.Prepare("audit/" + check).Start();
            for (int i = 0; i < MostOfAKind && rows.Step(); i++)
                violations.Add(rows.Text(0));
            rows.Reset();
        }

        KeyAudit.Audit(database, now, violations);
        foreach (string line in database.Query("PRAGMA quick_check"))
        {
            if (line != "ok")
                violations.Add($"SQLite finds the file damaged: {line}.");
        }

        return violations;
    }
}
