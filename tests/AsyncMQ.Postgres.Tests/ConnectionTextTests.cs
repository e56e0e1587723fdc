using AsyncMQ.Postgres.Connecting;
using Npgsql;

namespace AsyncMQ.Postgres.Tests;

public class ConnectionTextTests
{
    [Theory]
    [InlineData("postgres://localhost", "localhost", 5432, null, null, null)]
    [InlineData("postgres://app:secret@db.example:6543/jobs", "db.example", 6543, "app", "secret", "jobs")]
    [InlineData("postgresql://a%40b:p%3Aq%2F@localhost/my%20jobs", "localhost", 5432, "a@b", "p:q/", "my jobs")]
    [InlineData("postgres://app@[::1]/jobs", "::1", 5432, "app", null, "jobs")]
    [InlineData("Host=db.example;Port=6543;Username=app;Password=secret;Database=jobs", "db.example", 6543, "app", "secret", "jobs")]
    public void A_database_is_written_as_Npgsql_does_or_as_a_url(string text, string host, int port, string? user, string? password, string? database)
    {
        NpgsqlConnectionStringBuilder said = ConnectionText.Parse(text);

        Assert.Equal((host, port, user, password, database), (said.Host, said.Port, said.Username, said.Password, said.Database));
    }

    [Fact]
    public void Options_follow_in_the_query_of_a_url()
    {
        NpgsqlConnectionStringBuilder said = ConnectionText.Parse("postgres://localhost/jobs?sslmode=Require&Timeout=7");

        Assert.Equal((SslMode.Require, 7), (said.SslMode, said.Timeout));
    }

    [Theory]
    [InlineData("postgres://localhost/jobs?nonsense=1")]
    [InlineData("Nonsense=1")]
    [InlineData("mysql://localhost/jobs")]
    public void Anything_else_is_refused(string text) => Assert.Throws<ArgumentException>(() => ConnectionText.Parse(text));
}
