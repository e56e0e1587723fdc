using AsyncMQ.Conformance.Driving;
using Npgsql;
using static AsyncMQ.Conformance.Driving.Drafts;

namespace AsyncMQ.Postgres.Tests.Faults;

/// <summary>A transaction that the server ended in favour of another one: nothing of it was done, so it is sent again, and nobody is told.</summary>
public sealed class CollisionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PostgresErrorCodes.SerializationFailure)]
    [InlineData(PostgresErrorCodes.DeadlockDetected)]
    public async Task A_step_and_a_look_that_lost_against_others_are_sent_again(string state)
    {
        RunningServer server = await PostgresServer.RequireAsync();
        string schema = $"asyncmq_{Guid.NewGuid():N}";
        await using var store = new PostgresJobStore(new() { ConnectionString = server.ConnectionString(), Schema = schema });
        await store.StartAsync(Cancellation);
        StoreDriver driver = await StoreDriver.OpenAsync(store);
        Worker worker = await driver.OpenWorker();

        // Of four calls the first three fail: a sequence is not put back with its transaction.
        await server.ExecuteAsync($"""
            CREATE SEQUENCE {schema}.tries;
            CREATE FUNCTION {schema}.lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('{schema}.tries') % 4 <> 0 THEN RAISE EXCEPTION 'lost' USING ERRCODE = '{state}'; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER lose BEFORE INSERT ON {schema}.job FOR EACH ROW EXECUTE FUNCTION {schema}.lose();
            CREATE TRIGGER lose BEFORE UPDATE ON {schema}.session FOR EACH ROW EXECUTE FUNCTION {schema}.lose();
            CREATE FUNCTION {schema}.lose_look() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('{schema}.tries') % 4 <> 0 THEN RAISE EXCEPTION 'lost' USING ERRCODE = '{state}'; END IF;
                RETURN clock_timestamp();
            END $$;
            ALTER FUNCTION {schema}.get_time() RENAME TO get_time_before;
            ALTER FUNCTION {schema}.lose_look() RENAME TO get_time;
            """);

        Assert.Equal(AddOutcome.Created, (await driver.Add(Job("a"))).Outcome);
        await driver.Now();
        Assert.True(worker.Renew().Alive);

        Assert.Equal(12L, await server.QueryAsync<long>($"SELECT last_value FROM {schema}.tries"));
        Assert.Equal(1, await driver.Count(JobState.Waiting));
    }
}
