using AsyncMQ.Conformance;

namespace AsyncMQ.Tests;

public class CoverageOfTheSuiteTests
{
    [Fact]
    public void Every_class_of_the_suite_is_run_on_the_in_memory_store() =>
        Assert.Empty(ConformanceSuite.NotRunBy(typeof(CoverageOfTheSuiteTests).Assembly));
}
