using AsyncMQ.Conformance;

namespace AsyncMQ.Postgres.Tests;

public class CoverageOfTheSuiteTests
{
    [Fact]
    public void Every_class_of_the_suite_is_run_on_the_postgres_store() =>
        Assert.Empty(ConformanceSuite.NotRunBy(typeof(CoverageOfTheSuiteTests).Assembly));
}
