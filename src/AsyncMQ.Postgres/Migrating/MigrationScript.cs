using System.Globalization;
using System.Text;

namespace AsyncMQ.Postgres.Migrating;

/// <summary>The SQL that makes an installation, or brings it up to date: one transaction, which leaves everything as it was when a part fails.</summary>
internal static class MigrationScript
{
    public const int Major = 1;
    public const int Minor = 0;

    /// <summary>
    /// What holds while a function of the store runs, set on each that is called from outside; those that it calls run under the same. Plans are made for
    /// tables that are empty now and full a second later, so they must not hang on statistics: each statement has one right way, by an index.
    /// </summary>
    private static readonly string[] Settings =
    [
        "enable_seqscan = off", "enable_bitmapscan = off", "enable_sort = off", "enable_hashjoin = off", "enable_mergejoin = off", "jit = off",
        "plan_cache_mode = force_generic_plan",
    ];

    /// <summary>From a minor layout (-1: nothing is there) to this package's.</summary>
    public static string Build(string schema, int from)
    {
        string name = Quote(schema);
        var script = new StringBuilder();
        script.Append(Lock(schema)).Append('\n');
        if (from < 0)
        {
            // A schema that is there already needs no right to make one, which CREATE SCHEMA IF NOT EXISTS would ask for all the same.
            string making = $"BEGIN IF to_regnamespace({Literal(name)}) IS NULL THEN CREATE SCHEMA {name}; END IF; END";
            script.Append(CultureInfo.InvariantCulture, $"DO {Literal(making)};\n");
        }

        script.Append(CultureInfo.InvariantCulture, $"SET LOCAL search_path = {name}, pg_temp;\n");
        if (from >= 0)
        {
            // No step is under way meanwhile. A step's commit does not wait for the disk; this one does.
            script.Append("SELECT lock_installation();\nSET LOCAL synchronous_commit = on;\n");
        }

        for (int minor = from + 1; minor <= Minor; minor++)
            script.Append(SqlFiles.SchemaOf(minor)).Append('\n');
        foreach (string function in SqlFiles.AllFunctions())
            script.Append(function).Append('\n');
        foreach ((string function, bool looksAtAll) in SqlFiles.EntryPoints())
        {
            script.Append(CultureInfo.InvariantCulture, $"ALTER FUNCTION {function} SET search_path FROM CURRENT");
            foreach (string setting in looksAtAll ? [] : Settings)
                script.Append(" SET ").Append(setting);
            script.Append(";\n");
        }

        script.Append(CultureInfo.InvariantCulture, $"UPDATE meta SET layout_major = {Major}, layout_minor = {Minor};\n");
        return script.ToString();
    }

    /// <summary>
    /// Any number of processes may start at once: one makes the change, the others wait and find it made, for as long as that takes. So timeouts that are meant
    /// for steps do not hold here.
    /// </summary>
    public static string Lock(string schema) =>
        $"SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(hashtextextended({Literal("asyncmq " + schema)}, 0));";

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Literal(string text) => $"E'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";
}
