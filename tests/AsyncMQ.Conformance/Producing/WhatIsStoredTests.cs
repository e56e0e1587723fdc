using System.Text;
using System.Text.Json;

namespace AsyncMQ.Conformance;

/// <summary>Arguments, headers and tags come back as they were given, to the byte.</summary>
public abstract class WhatIsStoredTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Ten_thousand_random_documents_come_back_to_the_byte()
    {
        await using AsyncMQHost mq = Store.Host();
        var json = new RandomJson(seed: 20_261);
        string[] texts = [.. Enumerable.Range(0, 10_000).Select(_ => json.Next())];

        await mq.Client.AddBulkAsync([.. texts.Select(text => JobSpec.Of("a", JobArgs.FromJson(text)))]);

        var read = new List<string>();
        string? after = null;
        do
        {
            JobPage page = await mq.Queue().GetJobsAsync(new() { States = [JobState.Waiting], Take = 1_000, After = after });
            read.AddRange(page.Jobs.Select(job => job.Args.Text()));
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal(texts, read);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[1.0]")]
    [InlineData("[123456789012345678901234567890]")]
    [InlineData("[0.1000000000000000055511151231257827]")]
    [InlineData(" [ 1 ,\n 2 ] ")]
    [InlineData("""{"$type":"System.Diagnostics.Process, System","$id":"1","$ref":"1"}""")]
    [InlineData("""["\ud83d\ude00", "😀", "\u0000"]""")]
    public async Task Json_text_is_kept_as_it_is(string json)
    {
        await using AsyncMQHost mq = Store.Host();

        JobHandle handle = await mq.Client.AddAsync("a", JobArgs.FromJson(json));

        Assert.Equal(json, (await mq.Get(handle.Ref)).Args.Text());
        Worker worker = await Store.OpenWorker();
        Assert.Equal(json, (await worker.ClaimOne()).Payload.Text());
    }

    [Fact]
    public async Task Changing_the_bytes_after_the_call_changes_nothing()
    {
        await using AsyncMQHost mq = Store.Host();
        byte[] bytes = Encoding.UTF8.GetBytes("[1]");
        JobArgs args = JobArgs.FromJson(bytes.AsSpan());
        bytes[1] = (byte)'2';

        JobHandle handle = await mq.Client.AddAsync("a", args);

        Assert.Equal("[1]", (await mq.Get(handle.Ref)).Args.Text());
    }

    [Fact]
    public async Task Headers_and_tags_come_back_as_they_were()
    {
        await using AsyncMQHost mq = Store.Host();
        var headers = new Dictionary<string, string>
        {
            ["traceparent"] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            ["Tenant"] = "ä 😀 \r\n\t\u0000 \"quoted\"",
            ["tenant"] = "",
        };
        string[] tags = ["urgent", "Urgent", "größe", "urgent"];

        JobHandle handle = await mq.Client.AddAsync("a", [], new() { Headers = headers, Tags = tags });

        JobInfo job = await mq.Get(handle.Ref);
        Assert.Equal(headers, job.Headers.ToDictionary());
        Assert.Equal(tags, job.Tags);
    }

    [Fact]
    public async Task Changing_headers_and_tags_after_the_options_changes_nothing()
    {
        await using AsyncMQHost mq = Store.Host();
        var headers = new Dictionary<string, string> { ["a"] = "1" };
        var tags = new List<string> { "x" };
        var options = new JobOptions { Headers = headers, Tags = tags };
        headers["a"] = "2";
        headers["b"] = "3";
        tags[0] = "y";

        JobInfo job = await mq.Get((await mq.Client.AddAsync("a", [], options)).Ref);

        Assert.Equal("1", Assert.Single(job.Headers).Value);
        Assert.Equal(["x"], job.Tags);
    }

    [Fact]
    public async Task Without_headers_and_tags_both_are_empty()
    {
        await using AsyncMQHost mq = Store.Host();

        JobInfo job = await mq.Get((await mq.Client.AddAsync("a", [], new() { Headers = new Dictionary<string, string>(), Tags = [] })).Ref);

        Assert.Empty(job.Headers);
        Assert.Empty(job.Tags);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task The_payload_limit_is_exact(int over, bool fits)
    {
        await using AsyncMQHost mq = Store.Host(builder => builder.Configure(options => options.MaxPayloadBytes = 2_048));
        var args = JobArgs.FromJson($"[\"{new string('x', 2_048 - 4 + over)}\"]");

        Task<JobHandle> Add() => mq.Client.AddAsync("a", args);

        if (fits)
        {
            Assert.Equal(2_048, (await mq.Get((await Add()).Ref)).Args.Utf8.Length);
            return;
        }

        PayloadTooLargeException refused = await Assert.ThrowsAsync<PayloadTooLargeException>(Add);
        Assert.Equal((2_049, 2_048), (refused.Size, refused.Limit));
        Assert.Empty(await mq.Client.GetQueuesAsync());
    }

    [Fact]
    public async Task Headers_and_tags_count_against_the_payload_limit()
    {
        await using AsyncMQHost mq = Store.Host(builder => builder.Configure(options => options.MaxPayloadBytes = 1_024));

        await Assert.ThrowsAsync<PayloadTooLargeException>(() =>
            mq.Client.AddAsync("a", ["x"], new() { Headers = new Dictionary<string, string> { ["h"] = new('x', 1_024) } }));
    }

    [Fact]
    public async Task A_payload_of_a_mebibyte_comes_back()
    {
        await using AsyncMQHost mq = Store.Host();
        string text = new('x', (1 << 20) - 4);

        JobHandle handle = await mq.Client.AddAsync("a", [text]);

        Assert.Equal(text, (await mq.Get(handle.Ref)).Args[0].GetString());
    }

    [Fact]
    public async Task A_record_whose_payload_is_not_json_is_still_shown()
    {
        await using AsyncMQHost mq = Store.Host();
        await Store.Add(Job("broken").WithPayload(new byte[] { 0xFF, 0x00, (byte)'{' }).WithEnvelope(Bytes("{\"r\":")));

        JobInfo job = await mq.Get(new("default", "broken"));

        Assert.Equal("broken", job.Id);
        Assert.Null(job.Retries);
        Assert.ThrowsAny<JsonException>(() => job.Args.Count);
    }
}
