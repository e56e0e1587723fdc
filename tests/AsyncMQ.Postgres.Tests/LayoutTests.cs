using Npgsql;

namespace AsyncMQ.Postgres.Tests;

/// <summary>The tables: made once by however many start, left alone when they are another program's, made by hand where the role may not.</summary>
public sealed class LayoutTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Twenty_that_start_at_once_on_an_empty_database_make_it_once()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        string schema = NewSchema();
        PostgresJobStore[] stores = [.. Enumerable.Range(0, 20).Select(_ => new PostgresJobStore(new() { ConnectionString = server.ConnectionString() + ";Pooling=false", Schema = schema }))];

        await Task.WhenAll(stores.Select(store => store.StartAsync(Cancellation)));

        Assert.Equal(1L, await server.QueryAsync<long>($"SELECT count(*) FROM \"{schema}\".meta WHERE (layout_major, layout_minor) = (1, {PostgresMigrations.CurrentMinor})"));
        foreach (PostgresJobStore store in stores)
        {
            await store.GetTimeAsync(Cancellation);
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task Starting_again_changes_nothing()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        string schema = NewSchema();
        await using PostgresJobStore store = await StartAsync(server, schema);
        await store.SetClockOffsetAsync(TimeSpan.FromHours(3), Cancellation);
        string before = await server.QueryAsync<string>($"SELECT xmin::text FROM \"{schema}\".meta");

        await using PostgresJobStore again = await StartAsync(server, schema);

        Assert.Equal(before, await server.QueryAsync<string>($"SELECT xmin::text FROM \"{schema}\".meta"));
        Assert.InRange(await again.GetTimeAsync(Cancellation) - DateTimeOffset.UtcNow, TimeSpan.FromHours(2.9), TimeSpan.FromHours(3.1));
    }

    [Fact]
    public async Task Two_installations_in_one_database_do_not_meet()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        await using PostgresJobStore one = await StartAsync(server, NewSchema());
        await using PostgresJobStore other = await StartAsync(server, NewSchema());

        await one.SetClockOffsetAsync(TimeSpan.FromDays(1), Cancellation);

        Assert.InRange(await one.GetTimeAsync(Cancellation) - await other.GetTimeAsync(Cancellation), TimeSpan.FromHours(23), TimeSpan.FromHours(25));
    }

    [Theory]
    [InlineData("with space and 'quotes'")]
    [InlineData("with \"double\" ones")]
    [InlineData("ümläut\\")]
    [InlineData("$1; DROP TABLE x; --")]
    public async Task A_schema_may_have_any_name(string name)
    {
        RunningServer server = await PostgresServer.RequireAsync();
        await using PostgresJobStore store = await StartAsync(server, NewSchema() + name);

        Assert.InRange(await store.GetTimeAsync(Cancellation) - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("pg_mine")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("sixty-four letters are one more than PostgreSQL keeps of a name...")]
    [InlineData("ääääääääääääääääääääääääääääääää")]
    public void A_name_that_PostgreSQL_would_not_take_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => new PostgresStoreOptions { Schema = name });

    [Fact]
    public async Task A_newer_major_layout_is_refused()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        string schema = NewSchema();
        await (await StartAsync(server, schema)).DisposeAsync();
        await server.ExecuteAsync($"UPDATE \"{schema}\".meta SET layout_major = 2");

        var refused = await Assert.ThrowsAsync<StoreRejectedException>(() => StartAsync(server, schema));

        Assert.Contains("newer AsyncMQ.Postgres", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_minor_is_used_and_left_as_it_is()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        string schema = NewSchema();
        await (await StartAsync(server, schema)).DisposeAsync();
        await server.ExecuteAsync($"UPDATE \"{schema}\".meta SET layout_minor = 99");

        await using PostgresJobStore store = await StartAsync(server, schema);

        Assert.Equal(99, await server.QueryAsync<int>($"SELECT layout_minor FROM \"{schema}\".meta"));
    }

    [Theory]
    [InlineData("CREATE TABLE \"{0}\".invoice (id int)", "invoice")]
    [InlineData("CREATE TABLE \"{0}\".meta (id int)", "damaged")]
    [InlineData("CREATE TABLE \"{0}\".meta (layout_major int, layout_minor int)", "damaged")]
    public async Task A_schema_of_another_program_is_refused_and_left_as_it_is(string theirs, string says)
    {
        RunningServer server = await PostgresServer.RequireAsync();
        string schema = NewSchema();
        await server.ExecuteAsync($"CREATE SCHEMA \"{schema}\"");
        await server.ExecuteAsync(theirs.Replace("{0}", schema, StringComparison.Ordinal));

        var refused = await Assert.ThrowsAsync<StoreRejectedException>(() => StartAsync(server, schema));

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await server.QueryAsync<long>($"SELECT count(*) FROM pg_class WHERE relnamespace = '\"{schema}\"'::regnamespace"));
    }

    [Fact]
    public async Task A_role_that_may_not_make_tables_is_told_so_and_works_once_they_are_made_by_hand()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        string schema = NewSchema();
        string role = "role_" + schema;
        await server.ExecuteAsync($"CREATE ROLE \"{role}\" LOGIN");
        var options = new PostgresStoreOptions { ConnectionString = server.ConnectionString(role) + ";Pooling=false", Schema = schema };
        await using var store = new PostgresJobStore(options);

        var refused = await Assert.ThrowsAsync<StoreRejectedException>(() => store.StartAsync(Cancellation));
        Assert.Contains("PostgresMigrations.Script", refused.Message, StringComparison.Ordinal);

        await server.ExecuteAsync(PostgresMigrations.Script(schema));
        await server.ExecuteAsync(
            $"""
            GRANT USAGE ON SCHEMA "{schema}" TO "{role}";
            GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA "{schema}" TO "{role}";
            GRANT USAGE, UPDATE ON ALL SEQUENCES IN SCHEMA "{schema}" TO "{role}";
            """);
        await store.StartAsync(Cancellation);
        await store.SetClockOffsetAsync(TimeSpan.FromHours(1), Cancellation);
        await store.GetTimeAsync(Cancellation);
    }

    [Fact]
    public async Task A_store_that_may_not_migrate_makes_nothing()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        string schema = NewSchema();
        await using var store = new PostgresJobStore(new() { DataSource = server.Source, Schema = schema, AppliesMigrations = false });

        var refused = await Assert.ThrowsAsync<StoreRejectedException>(() => store.StartAsync(Cancellation));

        Assert.Contains("PostgresMigrations.Script", refused.Message, StringComparison.Ordinal);
        Assert.True(await server.QueryAsync<bool>($"SELECT to_regnamespace('\"{schema}\"') IS NULL"));
    }

    [Fact]
    public async Task The_script_leaves_nothing_of_a_start_that_fails()
    {
        RunningServer server = await PostgresServer.RequireAsync();
        string schema = NewSchema();
        string broken = PostgresMigrations.Script(schema).Replace("COMMIT;", "SELECT 1 / 0; COMMIT;", StringComparison.Ordinal);

        await Assert.ThrowsAsync<PostgresException>(() => server.ExecuteAsync(broken));

        Assert.True(await server.QueryAsync<bool>($"SELECT to_regnamespace('\"{schema}\"') IS NULL"));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(99)]
    public void There_is_no_script_from_a_layout_that_there_is_not(int minor) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PostgresMigrations.Script("asyncmq", minor));

    [Fact]
    public async Task A_server_that_is_not_there_is_told_without_the_password()
    {
        await using var store = new PostgresJobStore(new() { ConnectionString = "Host=127.0.0.1;Port=1;Username=me;Password=secret;Timeout=2" });

        var failed = await Assert.ThrowsAsync<StoreException>(() => store.StartAsync(Cancellation));

        Assert.Contains("127.0.0.1:1", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failed.ToString(), StringComparison.Ordinal);
    }

    private static string NewSchema() => Guid.NewGuid().ToString("N")[..20];

    private static async Task<PostgresJobStore> StartAsync(RunningServer server, string schema)
    {
        var store = new PostgresJobStore(new() { DataSource = server.Source, Schema = schema });
        await store.StartAsync(Cancellation);
        return store;
    }
}
