using AsyncMQ.Conformance;

namespace AsyncMQ.Sqlite.Tests;

public class CoverageOfTheSuiteTests
{
    [Fact]
    public void Every_class_of_the_suite_is_run_on_the_sqlite_store() =>
        Assert.Empty(ConformanceSuite.NotRunBy(typeof(CoverageOfTheSuiteTests).Assembly, isTransactional: true));
}
