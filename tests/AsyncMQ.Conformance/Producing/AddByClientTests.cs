namespace AsyncMQ.Conformance;

/// <summary>Typed adds and adds by name: where they go, what is stored, and that an option left unset stays unset.</summary>
public abstract class AddByClientTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task A_typed_job_goes_to_its_own_queue_as_named_arguments()
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle<string> handle = await mq.Client.AddAsync(new SendWelcome("a@b.c", 2));

        Assert.Equal("mail", handle.Ref.Queue);
        Assert.Equal(AddOutcome.Created, handle.Outcome);
        JobInfo job = await mq.Get(handle.Ref);
        Assert.Equal("mail.welcome", job.Name);
        Assert.True(job.Args.IsNamed);
        Assert.Equal("""{"to":"a@b.c","copies":2}""", job.Args.Text());
        Assert.Equal(JobState.Waiting, job.State);
    }

    [Fact]
    public async Task A_typed_job_without_a_queue_goes_to_the_default_one()
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle handle = await mq.Client.AddAsync(new BuildReport("all", 1.50m));

        Assert.Equal("default", handle.Ref.Queue);
        Assert.Equal("""{"scope":"all","limit":1.50}""", (await mq.Get(handle.Ref)).Args.Text());
    }

    [Fact]
    public async Task Through_a_queue_a_typed_job_goes_to_that_queue()
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle handle = await mq.Queue("other").AddAsync(new SendWelcome("a@b.c"));

        Assert.Equal("other", handle.Ref.Queue);
        Assert.Equal(1, await mq.Count(queue: "other"));
        Assert.Equal(0, await mq.Count(queue: "mail"));
    }

    [Fact]
    public async Task A_typed_job_without_properties_is_an_empty_object()
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle handle = await mq.Client.AddAsync(new Nightly());

        Assert.Equal("{}", (await mq.Get(handle.Ref)).Args.Text());
    }

    [Fact]
    public async Task A_job_known_by_its_interface_is_stored_as_what_it_is()
    {
        await using AsyncMQHost mq = Store.Host();
        IJob job = new BuildReport("all", 1);

        JobHandle handle = await mq.Client.AddAsync(job);

        Assert.Equal("""{"scope":"all","limit":1}""", (await mq.Get(handle.Ref)).Args.Text());
    }

    [Fact]
    public async Task A_job_by_name_has_positional_named_or_no_arguments()
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle positional = await mq.Client.AddAsync("a", ["a@b.com", 3, true, JobArg.Null, 1.5, 10.50m, long.MaxValue]);
        JobHandle named = await mq.Client.AddAsync("a", JobArgs.Named(("scope", "customers"), ("nested", JobArgs.Create([1, 2]))));
        JobHandle none = await mq.Client.AddAsync("a");

        Assert.Equal("""["a@b.com",3,true,null,1.5,10.50,9223372036854775807]""", (await mq.Get(positional.Ref)).Args.Text());
        Assert.Equal("""{"scope":"customers","nested":[1,2]}""", (await mq.Get(named.Ref)).Args.Text());
        JobArgs empty = (await mq.Get(none.Ref)).Args;
        Assert.Equal(0, empty.Count);
        Assert.False(empty.IsNamed);
    }

    [Fact]
    public async Task No_dotnet_type_name_is_stored()
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle handle = await mq.Client.AddAsync(new SendWelcome("x"), new() { Backoff = Backoff.Default, Headers = new Dictionary<string, string> { ["h"] = "v" } });

        JobRecord stored = await Store.Get(handle.Id, "mail");
        string all = $"{stored.Name} {stored.Payload.Text()} {stored.Envelope.Text()}";
        Assert.DoesNotContain(nameof(SendWelcome), all, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("AsyncMQ", all, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_option_left_unset_stays_unset_in_the_record()
    {
        await using AsyncMQHost mq = Store.Host(builder => builder
            .Configure(options => (options.Retries, options.Timeout) = (7, 1.Minutes()))
            .AddQueue("mail", queue => (queue.Retries, queue.Backoff) = (5, Backoff.Fixed(1.Seconds())))
            .AddHandler("a", (_, _) => Task.CompletedTask, handler => handler.Retries = 2));

        JobHandle typed = await mq.Client.AddAsync(new SendWelcome("a@b.c"));
        JobHandle named = await mq.Client.AddAsync("a");

        foreach (JobHandle handle in new[] { typed, named })
        {
            Assert.Null((await mq.Get(handle.Ref)).Retries);
            Assert.Equal(0, (await Store.Get(handle.Id, handle.Ref.Queue)).Envelope.Length);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(1_000_000)]
    public async Task An_option_that_is_set_is_stored_even_when_it_is_the_default(int retries)
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle handle = await mq.Client.AddAsync("a", [], new() { Retries = retries });

        Assert.Equal(retries, (await mq.Get(handle.Ref)).Retries);
    }

    [Fact]
    public async Task Generated_ids_are_unique_and_sort_as_they_were_made()
    {
        await using AsyncMQHost mq = Store.Host();
        var ids = new List<string>();

        for (int i = 0; i < 200; i++)
            ids.Add((await mq.Client.AddAsync("a")).Id);

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(200, ids.Distinct().Count());
        Assert.Equal(ids, await mq.Ids());
    }

    [Fact]
    public async Task Handles_are_equal_when_their_jobs_are()
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle first = await mq.Client.AddAsync("a", [], new() { JobId = "one" });
        JobHandle again = await mq.Client.AddAsync("a", [], new() { JobId = "one" });
        JobHandle other = await mq.Queue("other").AddAsync("a", [], new() { JobId = "one" });

        Assert.Equal(first, again);
        Assert.Equal(first.GetHashCode(), again.GetHashCode());
        Assert.NotEqual(first, other);
        Assert.Equal("default/one (Created)", first.ToString());
        Assert.Equal("default/one (Duplicate)", again.ToString());
    }

    [Fact]
    public async Task Names_that_look_like_attacks_are_plain_data()
    {
        string[] texts = ["'; DROP TABLE jobs;--".Replace(' ', '_'), "\"])redis.call('FLUSHALL')--", "a}{b", "a*", "a?[x]", "../x", "x.#", "amq.gen", "😀", "%s", "waiting", "meta", "System.Diagnostics.Process", "$type", "İ", "ß"];
        await using AsyncMQHost mq = Store.Host();

        foreach (string text in texts)
            await mq.Queue(text).AddAsync(text, [text], new() { JobId = text, Tags = [text], Headers = new Dictionary<string, string> { [text] = text }, Deduplication = new(text) });

        Assert.Equal(texts.Order(StringComparer.Ordinal), await mq.Client.GetQueuesAsync());
        foreach (string text in texts)
        {
            JobInfo job = await mq.Get(new(text, text));
            Assert.Equal((text, text, text), (job.Name, job.Args[0].GetString(), job.Tags[0]));
            Assert.Equal(text, job.Headers[text]);
            Assert.Equal(text, await mq.Queue(text).GetDeduplicationJobIdAsync(text));
        }
    }
}
