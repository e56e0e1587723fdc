namespace AsyncMQ.Conformance.Model;

/// <content>Limits and keys side by side.</content>
internal sealed partial class World
{
    private async Task CompareKeysAsync(string queue)
    {
        ModelQueue? model = Model.Queues.GetValueOrDefault(queue);
        QueueRecord? record = (await Store.QueuesAsync(default)).FirstOrDefault(one => one.Name == queue);
        Same(model?.Limits, record?.Limits, $"limits of {queue}");
        SameTime(Coming(model?.HeldUntil), record?.HeldUntil, $"hold of {queue}");
        SameTime(model is null ? null : Model.NextPermit(model.Limits?.Rate, model.Spent), record?.NextPermit, $"next permit of {queue}");

        string[] names = [.. (model?.Keys.Keys.AsEnumerable() ?? []).Where(name => Model.IsOnRecord(model!, name)).Order(StringComparer.Ordinal)];
        IReadOnlyList<KeyRecord> keys = await Store.KeysAsync(queue, null, 1_000, default);
        Same(InOrder(names), InOrder(keys.Select(key => key.Key)), $"keys of {queue}");
        foreach (KeyRecord key in keys)
            CompareKey(model!, key);
        if (names.Length > 1)
            Same(names[1], (await Store.KeysAsync(queue, names[0], 1, default))[0].Key, $"the second key of {queue}");
        foreach (string name in Draws.Keys)
            Same(names.Contains(name), await Store.FindKeyAsync(queue, name, default) is not null, $"presence of key {queue}/{name}");
    }

    private void CompareKey(ModelQueue queue, KeyRecord record)
    {
        string what = $"key {record.Queue}/{record.Key}";
        ModelKey key = ModelStore.KeyNamed(queue, record.Key);
        ModelJob[] jobs = [.. ModelStore.JobsOf(queue, record.Key)];
        Same(jobs.Count(job => job.State == JobState.Waiting), record.Waiting, $"waiting of {what}");
        Same(jobs.Count(job => job.State == JobState.Active), record.Active, $"active of {what}");
        Same(key.Own, record.Limits, $"limits of {what}");
        Same(key.Head?.Ref.Id, record.Head, $"head of {what}");
        SameTime(Coming(key.HeldUntil), record.HeldUntil, $"hold of {what}");
        SameTime(Model.NextPermit(ModelStore.LimitsOf(queue, key)?.Rate, key.Spent), record.NextPermit, $"next permit of {what}");
    }

    private DateTimeOffset? Coming(DateTimeOffset? time) => time > Now ? time : null;
}
