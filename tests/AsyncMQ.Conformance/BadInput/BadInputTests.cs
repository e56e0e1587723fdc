namespace AsyncMQ.Conformance;

/// <summary>
/// What must be refused: with the right exception, a message that says what was wrong and what would be right and shows no payload, and a store that is
/// the same after as before. As none of the calls changes it, one store does for all of them.
/// </summary>
/// <param name="fixture">Where the store comes from.</param>
/// <param name="filled">The store of the class.</param>
public abstract class BadInputTests(IStoreFixture fixture, FilledStore filled) : ConformanceTests(fixture), IClassFixture<FilledStore>
{
    public override async ValueTask InitializeAsync() => await filled.FillAsync(Fixture);

    [Theory]
    [MemberData(nameof(BadAdds.Names), MemberType = typeof(BadAdds))]
    public Task An_add_is_refused_for_its_names_and_options(string name) => Refused(BadAdds.All, name);

    [Theory]
    [MemberData(nameof(BadPayloads.Names), MemberType = typeof(BadPayloads))]
    public Task An_add_is_refused_for_its_payload(string name) => Refused(BadPayloads.All, name);

    [Theory]
    [MemberData(nameof(BadDocuments.Names), MemberType = typeof(BadDocuments))]
    public Task A_raw_document_is_refused(string name) => Refused(BadDocuments.All, name);

    [Theory]
    [MemberData(nameof(BadBulks.Names), MemberType = typeof(BadBulks))]
    public Task A_bulk_is_refused_whole(string name) => Refused(BadBulks.All, name);

    [Theory]
    [MemberData(nameof(BadLooks.Names), MemberType = typeof(BadLooks))]
    public Task A_question_or_change_is_refused(string name) => Refused(BadLooks.All, name);

    [Theory]
    [MemberData(nameof(BadFlows.Names), MemberType = typeof(BadFlows))]
    public Task A_dependency_or_flow_is_refused(string name) => Refused(BadFlows.All, name);

    [Theory]
    [MemberData(nameof(BadSchedules.Names), MemberType = typeof(BadSchedules))]
    public Task A_schedule_or_repeatable_is_refused(string name) => Refused(BadSchedules.All, name);

    [Theory]
    [MemberData(nameof(BadLimits.Names), MemberType = typeof(BadLimits))]
    public Task A_key_limit_or_hold_is_refused(string name) => Refused(BadLimits.All, name);

    [Theory]
    [MemberData(nameof(BadEvents.Names), MemberType = typeof(BadEvents))]
    public Task A_subscription_is_refused(string name) => Refused(BadEvents.All, name);

    [Theory]
    [MemberData(nameof(BadWorkers.Names), MemberType = typeof(BadWorkers))]
    public Task A_call_about_workers_is_refused(string name) => Refused(BadWorkers.All, name);

    [Theory]
    [MemberData(nameof(BadMetrics.Names), MemberType = typeof(BadMetrics))]
    public Task A_question_about_figures_is_refused(string name) => Refused(BadMetrics.All, name);

    private async Task Refused(IReadOnlyList<BadCall> table, string name)
    {
        BadCall bad = table.Single(call => call.Name == name);
        await using AsyncMQHost mq = filled.Store.Host();

        Exception? thrown = await Record.ExceptionAsync(() => bad.Call(mq));

        (string before, string after) = await filled.LookAgainAsync();
        Assert.Equal(before, after);
        Assert.True(thrown is not null, "It was not refused.");
        if (bad.Exception == typeof(OperationCanceledException))
            Assert.IsType<OperationCanceledException>(thrown, exactMatch: false);
        else
            Assert.IsType(bad.Exception, thrown);
        Assert.All(bad.Says, said => Assert.Contains(said, thrown.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(BadCall.Secret, thrown.ToString(), StringComparison.Ordinal);
        Assert.InRange(thrown.Message.Length, 1, 2_000);
        Assert.DoesNotContain(thrown.Message, c => char.IsControl(c) && c is not ('\n' or '\r'));
    }
}
