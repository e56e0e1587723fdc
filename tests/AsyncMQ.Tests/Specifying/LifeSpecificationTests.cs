using AsyncMQ.Conformance.Specifying;
using CsCheck;

namespace AsyncMQ.Tests.Specifying;

/// <summary>The specification of the life cycle, searched to its end: proved in itself, and strict enough to find every defect put into it.</summary>
public class LifeSpecificationTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_requirement_holds_in_every_reachable_life()
    {
        SpecReport<Life> report = Check.Exhaustive(LifeSpecification.Of(new()));
        output.WriteLine(report.ToString());

        Assert.True(report.Closed);
        Assert.Equal(0, report.DeadlockStates);
        Assert.Empty(report.NeverTriggered);
        Assert.Empty(report.NeverFired);
    }

    [Fact]
    public void From_every_life_the_job_can_still_come_to_an_end()
    {
        StateGraph<Life> graph = LifeAction.Graph(LifeAction.All(new(Refunds: 1)));

        Assert.Empty(graph.WithoutWayTo(life => life.IsFinal || (life.State is null && life.Adds == 2)));
    }

    [Fact]
    public void Every_declared_defect_is_caught_by_the_requirement_meant_for_it()
    {
        SpecFaultsReport report = Check.Faults(LifeSpecification.Of(new(Refunds: 1)));
        output.WriteLine(report.ToString());

        Assert.True(LifeDefects.All.Count >= 20);
        Assert.Empty(report.Inconclusive);
        Assert.Equal(
            LifeDefects.All.Select(defect => (defect.Name, (string?)defect.CaughtBy)),
            LifeDefects.All.Select(defect => (defect.Name, report.CaughtBy(defect.Name))));
    }
}
