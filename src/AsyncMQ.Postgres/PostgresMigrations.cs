using AsyncMQ.Postgres.Migrating;

namespace AsyncMQ.Postgres;

/// <summary>The tables and functions of the store, for who makes them by hand: see <see cref="PostgresStoreOptions.AppliesMigrations"/>.</summary>
public static class PostgresMigrations
{
    /// <summary>The minor layout that this package makes.</summary>
    public static int CurrentMinor => MigrationScript.Minor;

    /// <summary>
    /// The SQL that makes an installation, or brings one up to date, in one transaction; to be run by the role that is to own it. Another role that runs workers
    /// needs USAGE of the schema, SELECT, INSERT, UPDATE, DELETE and TRUNCATE of its tables, USAGE and UPDATE of its sequences.
    /// </summary>
    /// <param name="schema">The installation's schema.</param>
    /// <param name="fromMinor">The minor layout that is there, as the table <c>meta</c> says; null: nothing is there.</param>
    /// <exception cref="ArgumentException">The name of the schema cannot be used.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layout, or it is this package's: there is nothing to do.</exception>
    public static string Script(string schema = "asyncmq", int? fromMinor = null)
    {
        string name = new PostgresStoreOptions { Schema = schema }.Schema;
        if (fromMinor is { } minor)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(minor, nameof(fromMinor));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(minor, MigrationScript.Minor, nameof(fromMinor));
        }

        return $"BEGIN;\n{MigrationScript.Build(name, fromMinor ?? -1)}COMMIT;\n";
    }
}
