using System.Text.RegularExpressions;
using AsyncMQ.Sqlite.Engine;
using Microsoft.Data.Sqlite;

namespace AsyncMQ.Sqlite.Tests;

/// <summary>Invariant 12: no statement about dependencies, flows, keys, figures or the inbox goes through a table, or sorts.</summary>
public partial class PlanTests
{
    /// <summary>The list of effects is read from its beginning on, a row at a time; a whole look through it is for a dependency that is gone. And
    /// the queues are looked through when the clock is put back, the live sessions when a transaction completes a job.</summary>
    private static readonly string[] OfTheList = ["effect/any", "effect/first", "effect/outcome", "keys/limited-queues", "within/complete", "within/why"];

    [Theory]
    [InlineData("link")]
    [InlineData("effect")]
    [InlineData("flow")]
    [InlineData("keys")]
    [InlineData("metrics")]
    [InlineData("inbox")]
    [InlineData("within")]
    [InlineData("inspect", "page-waiting-children", "page-waiting-children-back", "link", "edges")]
    [InlineData("maintain", "oldest")]
    public async Task Every_statement_finds_its_rows_by_an_index(string file, params string[] only)
    {
        string path = SqliteStores.NewPath();
        await (await SqliteStores.OpenAsync(path)).DisposeAsync();
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();

        MatchCollection names = Name().Matches(SqlText.Read(file + ".sql"));
        Assert.NotEmpty(names);
        foreach (string name in names.Select(match => match.Groups[1].Value).Where(name => only is [] || only.Contains(name)))
        {
            string[] plan = [.. Plan(connection, SqlText.Find($"{file}/{name}"))];
            Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
            if (!OfTheList.Contains($"{file}/{name}"))
                Assert.DoesNotContain(plan, step => step.StartsWith("SCAN", StringComparison.Ordinal));
        }
    }

    private static IEnumerable<string> Plan(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        foreach (string parameter in Parameter().Matches(Comment().Replace(sql, "")).Select(match => match.Value).Distinct())
            command.Parameters.AddWithValue(parameter, 1);
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
            yield return rows.GetString(3);
    }

    [GeneratedRegex("^-- name: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Name();

    [GeneratedRegex("--.*")]
    private static partial Regex Comment();

    [GeneratedRegex(":[a-z_]+")]
    private static partial Regex Parameter();
}
