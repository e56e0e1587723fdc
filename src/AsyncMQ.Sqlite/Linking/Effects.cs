using AsyncMQ.Sqlite.Engine;
using AsyncMQ.Sqlite.Records;
using AsyncMQ.Storage;

namespace AsyncMQ.Sqlite.Linking;

/// <summary>The list of what has yet to be told to dependents: the table <c>effect</c>, which triggers fill. Working it off is <see cref="Spreading"/>.</summary>
internal sealed class Effects(Ledger ledger)
{
    private readonly Statement any = ledger.Database.Prepare("effect/any");
    private readonly Statement first = ledger.Database.Prepare("effect/first");
    private readonly Statement delete = ledger.Database.Prepare("effect/delete");
    private long emptyIn = -1;

    /// <summary>Whether there are any. Costs nothing while nobody can have made one.</summary>
    public bool Any()
    {
        if (emptyIn == ledger.Generation)
            return false;
        if (any.Start().RunForNumber() is not null)
            return true;

        emptyIn = ledger.Generation;
        return false;
    }

    /// <summary>A job ended or went that others depend on, or that depends on others.</summary>
    public void Note() => emptyIn = -1;

    /// <summary>The one to be worked off next; null: there is none.</summary>
    public Effect? First()
    {
        if (!Any() || !first.Start().Step())
            return null;

        var state = (JobState)first.Int(2);
        var effect = new Effect(first.Long(0), first.Long(1), state.IsFinal() ? state : null, new(first.Long(3), first.Int(4)), !first.Bool(5));
        first.Reset();
        return effect;
    }

    /// <summary>What of a job that is gone has yet to be told; null: nothing, or that it was removed before its end.</summary>
    public JobState? OutcomeOf(long dependency)
    {
        if (!Any() || ledger.Database.Prepare("effect/outcome").Start().Bind(dependency).RunForNumber() is not { } outcome)
            return null;
        return ((JobState)outcome).IsFinal() ? (JobState)outcome : null;
    }

    /// <summary>A removal takes its turn behind what was noted before it.</summary>
    public void PutLast(long number) => ledger.Database.Prepare("effect/put-last").Start().Bind(ledger.NextNumber()).Bind(number).Run();

    /// <summary>It was told up to a place.</summary>
    public void Advance(Effect effect, EdgePlace told) =>
        ledger.Database.Prepare("effect/advance").Start().Bind(told.Dependent).Bind(told.Place).Bind(effect.Number).Run();

    /// <summary>It was told to all.</summary>
    public void Remove(Effect effect) => delete.Start().Bind(effect.Number).Run();
}

/// <summary>What happened to one job.</summary>
/// <param name="Number">Its place in the list.</param>
/// <param name="Dependency">The job's handle.</param>
/// <param name="Outcome">Its final state; null: it was removed before it had one.</param>
/// <param name="Told">The last edge that was told.</param>
/// <param name="IsGone">Whether its record is gone, however it ended.</param>
internal readonly record struct Effect(long Number, long Dependency, JobState? Outcome, EdgePlace Told, bool IsGone);

/// <summary>Names one edge.</summary>
/// <param name="Dependent">The handle of the job that depends.</param>
/// <param name="Place">Which of its dependencies, in the order given.</param>
internal readonly record struct EdgePlace(long Dependent, int Place);
