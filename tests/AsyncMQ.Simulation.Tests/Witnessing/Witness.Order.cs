namespace AsyncMQ.Simulation.Witnessing;

/// <content>Invariant 8: of jobs that nothing has moved since their add, the first of a queue is claimed first.</content>
internal sealed partial class Witness
{
    private readonly Dictionary<string, SortedSet<(int Priority, long Number, string Id)>> untouched = new(StringComparer.Ordinal);
    private long number;

    private void Enter(Life life, int priority)
    {
        life.Place = (priority, ++number, life.Ref.Id);
        if (!untouched.TryGetValue(life.Ref.Queue, out var queue))
            untouched.Add(life.Ref.Queue, queue = []);
        queue.Add(life.Place.Value);
    }

    private void Leave(Life life)
    {
        if (life.Place is { } place)
            untouched[life.Ref.Queue].Remove(place);
        life.Place = null;
    }

    private void RequireFirst(Life life)
    {
        if (life.Place is { } place && untouched[life.Ref.Queue].Min is var first && first != place)
            Blame($"Invariant 8: {life} was claimed, but {first.Id} of priority {first.Priority} was before it.");
    }
}
