namespace AsyncMQ.Conformance;

/// <summary>Payloads, envelopes, results, errors and progress come back as they went in. Source: reliability §2, corrupted arguments.</summary>
public abstract class OpaqueBytesTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task Random_bytes_come_back_equal()
    {
        var random = new Random(20_260_401);
        Dictionary<string, byte[]> sent = [];
        for (int i = 0; i < 1_000; i++)
        {
            byte[] bytes = new byte[i < 10 ? i : random.Next(0, 500)];
            random.NextBytes(bytes);
            sent.Add($"job-{i}", bytes);
        }

        await Store.AddBulk([.. sent.Select(pair => Job(pair.Key).WithPayload(pair.Value).WithEnvelope(pair.Value.Reverse().ToArray()))]);
        Worker worker = await Store.OpenWorker();
        IReadOnlyList<ClaimedJob> claimed = await worker.Claim(1_000);

        Assert.Equal(1_000, claimed.Count);
        Assert.All(claimed, job => Assert.Equal(sent[job.Ref.Id], job.Payload.ToArray()));
        Assert.All(claimed, job => Assert.Equal(sent[job.Ref.Id].Reverse(), job.Envelope.ToArray()));
        foreach (ClaimedJob[] half in claimed.Chunk(500))
        {
            await worker.SettleAll([.. half.Select((job, i) => Worker.Settlement(job, i % 2 == 0 ? SettlementKind.Complete : SettlementKind.Fail) with
            {
                Data = sent[job.Ref.Id],
            })]);
        }

        foreach (ClaimedJob job in claimed)
        {
            JobRecord record = await Store.Get(job.Ref.Id);
            Assert.Equal(sent[job.Ref.Id], record.Payload.ToArray());
            Assert.Equal(sent[job.Ref.Id], (record.State == JobState.Completed ? record.Result : record.Error).ToArray());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0")]
    [InlineData("[1e999, 1.0, 10000000000000000000001, \"\\u0000\", \"\\ud800\", {\"a\":1,\"a\":2}, [], {}]")]
    public async Task Awkward_documents_come_back_equal(string document)
    {
        await Store.Add(Job("a").WithPayload(Bytes(document)));

        Assert.Equal(document, (await Store.Get("a")).Payload.Text());
    }

    [Fact]
    public async Task A_payload_of_a_megabyte_comes_back_equal()
    {
        byte[] bytes = new byte[1 << 20];
        new Random(1).NextBytes(bytes);
        await Store.Add(Job("a").WithPayload(bytes));

        Worker worker = await Store.OpenWorker();

        Assert.True((await worker.ClaimOne()).Payload.Span.SequenceEqual(bytes));
    }
}
