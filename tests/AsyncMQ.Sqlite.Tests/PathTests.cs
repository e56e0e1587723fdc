namespace AsyncMQ.Sqlite.Tests;

public class PathTests
{
    [Theory]
    [InlineData("", "jobs.db")]
    [InlineData("  ", "jobs.db")]
    [InlineData(":memory:", "UseInMemory")]
    [InlineData("Data Source=jobs.db", "jobs.db")]
    [InlineData("datasource=jobs.db;Mode=Memory", "path of a file")]
    [InlineData("file:jobs.db?mode=memory", "path of a file")]
    public void What_is_no_path_is_refused_and_says_what_would_be_right(string path, string right)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => AsyncMQHost.Create(mq => mq.UseSqlite(path)));

        Assert.Contains(right, error.Message, StringComparison.Ordinal);
    }
}
