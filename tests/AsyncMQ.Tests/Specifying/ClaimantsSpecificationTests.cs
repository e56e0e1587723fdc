using AsyncMQ.Conformance.Specifying;
using CsCheck;

namespace AsyncMQ.Tests.Specifying;

/// <summary>The specification of deduplication: two jobs, one id, every combination of flags.</summary>
public class ClaimantsSpecificationTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_requirement_holds_in_every_reachable_state_of_every_mode()
    {
        // Not every mode can do everything; but each requirement is met in some mode.
        List<IEnumerable<string>> never = [];
        foreach (Mode mode in Mode.All)
        {
            SpecReport<Claimants> report = Check.Exhaustive(ClaimantsSpecification.Of([], mode));
            output.WriteLine($"{mode}: {report.States} states, {report.Transitions} transitions, depth {report.Depth}");

            Assert.True(report.Closed);
            Assert.Equal(0, report.DeadlockStates);
            Assert.Empty(report.NeverFired);
            never.Add([.. report.NeverTriggered]);
        }

        Assert.Empty(never.Aggregate((one, other) => one.Intersect(other)));
    }

    [Fact]
    public void Two_modes_may_meet_on_one_id()
    {
        foreach (Mode other in Mode.All.Where(mode => mode != default))
        {
            SpecReport<Claimants> report = Check.Exhaustive(ClaimantsSpecification.Of([], default, other));
            output.WriteLine($"simple and {other}: {report.States} states, {report.Transitions} transitions, depth {report.Depth}");
            Assert.True(report.Closed);
        }
    }

    [Fact]
    public void Every_declared_defect_is_caught_by_the_requirement_meant_for_it()
    {
        foreach (ClaimantsDefect defect in ClaimantsSpecification.Defects)
        {
            SpecFaultsReport report = Check.Faults(ClaimantsSpecification.Of([defect], defect.Mode), throwOnUncaught: false);
            output.WriteLine($"{defect.Name}: {report.CaughtBy(defect.Name)}");
            Assert.Equal((defect.Name, defect.CaughtBy), (defect.Name, report.CaughtBy(defect.Name)));
        }
    }
}
