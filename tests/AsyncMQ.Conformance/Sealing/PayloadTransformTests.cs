using System.Collections.Concurrent;
using AsyncMQ.Conformance.Working;
using static AsyncMQ.Conformance.Sealing.KeyRings;

namespace AsyncMQ.Conformance.Sealing;

/// <summary>Transforms of the user's own: written in order, read backwards, told what and whose each payload is.</summary>
public abstract class PayloadTransformTests(IStoreFixture fixture) : ConformanceTests(fixture)
{
    [Fact]
    public async Task They_are_written_in_order_and_read_backwards()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddPayloadTransform(new Wrapping(1)).AddPayloadTransform(new Wrapping(2))
            .AddHandler("work", (context, _) => Task.FromResult(context.Args[0].GetString()))
            .AddWorker(DefaultQueue));

        JobHandle job = await mq.Client.AddAsync("work", [Secret]);

        Assert.Equal(Secret, (await job.Ends()).Get<string>());
        Assert.Equal([2, 1], (await Store.Find(job.Id))!.Payload.ToArray()[..2]);
    }

    [Fact]
    public async Task One_beside_encryption_works_on_what_is_plain()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddPayloadTransform(new Wrapping(1)).Encrypted(1)
            .AddHandler("work", (context, _) => Task.FromResult(context.Args[0].GetString()))
            .AddWorker(DefaultQueue));

        JobHandle job = await mq.Client.AddAsync("work", [Secret]);

        Assert.Equal(Secret, (await job.Ends()).Get<string>());
        Assert.Equal(0xFF, (await Store.Find(job.Id))!.Payload.Span[0]);
    }

    [Fact]
    public async Task Each_place_is_the_same_when_it_is_read()
    {
        var places = new Noting();
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddPayloadTransform(places)
            .AddHandler("work", async (context, token) =>
            {
                await context.LogAsync("line", token);
                await context.ReportProgressAsync(1, "progress", token);
                return context.Attempt == 1 ? throw new InvalidOperationException("error") : 1;
            })
            .AddWorker(DefaultQueue));

        JobHandle job = await mq.Client.AddAsync("work", null, new() { JobId = "job", Retries = 1, Backoff = Backoff.None });
        await job.Ends();
        await mq.Get(job.Ref);

        PayloadPlace[] expected = [.. Enum.GetValues<PayloadKind>().Select(kind => new PayloadPlace(kind, DefaultQueue, "work", "job"))];
        Assert.Equal(expected, places.Written.Distinct().OrderBy(place => place.Kind));
        Assert.Equal(expected, places.Read.Distinct().OrderBy(place => place.Kind));
    }

    [Fact]
    public async Task One_that_cannot_write_refuses_the_add()
    {
        await using AsyncMQHost mq = Store.Host(mq => mq.AddPayloadTransform(new Failing(PayloadKind.Arguments)));

        await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => mq.Client.AddBulkAsync([JobSpec.Of("work")]));

        Assert.Equal(0, await mq.Queue().GetJobCountAsync());
    }

    [Fact]
    public async Task One_that_fails_with_results_and_errors_fails_the_attempt_and_the_worker_lives()
    {
        await using AsyncMQHost mq = await Store.Start(mq => mq
            .AddPayloadTransform(new Failing(PayloadKind.Result, PayloadKind.Error))
            .AddHandler("work", (context, _) => Task.FromResult(1))
            .AddHandler("quiet", (context, _) => Task.CompletedTask)
            .AddWorker(DefaultQueue, worker => worker.Concurrency = 1));

        JobNotCompletedException end = await (await mq.Client.AddAsync("work")).EndsOtherwise();
        await (await mq.Client.AddAsync("quiet")).Ends();

        Assert.Equal(typeof(TimeZoneNotFoundException).FullName, end.Error!.Type);
        Assert.Equal("What it said could not be written: a payload transform failed (TimeZoneNotFoundException).", end.Error.Message);
    }

    [Fact]
    public async Task One_that_cannot_read_is_named()
    {
        await using AsyncMQHost mq = Store.Host(mq => mq.AddPayloadTransform(new Wrapping(1)));
        await Store.Add(Job("other").WithPayload(new byte[] { 7, 7, 7 }));

        PayloadUnreadableException told = Assert.Throws<PayloadUnreadableException>(() => mq.Get(new(DefaultQueue, "other")).GetAwaiter().GetResult().Args.Count);

        Assert.Contains("A payload (Arguments) of job default/other cannot be read: Wrapping failed", told.Message, StringComparison.Ordinal);
    }

    private sealed class Wrapping(byte mark) : IPayloadTransform
    {
        public ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> payload, in PayloadPlace place) => (byte[])[mark, .. payload.Span];

        public ReadOnlyMemory<byte> Read(ReadOnlyMemory<byte> stored, in PayloadPlace place) =>
            stored.Span[0] == mark ? stored[1..] : throw new InvalidDataException("not mine");
    }

    private sealed class Noting : IPayloadTransform
    {
        public ConcurrentQueue<PayloadPlace> Written { get; } = new();

        public ConcurrentQueue<PayloadPlace> Read { get; } = new();

        ReadOnlyMemory<byte> IPayloadTransform.Write(ReadOnlyMemory<byte> payload, in PayloadPlace place)
        {
            Written.Enqueue(place);
            return payload.IsEmpty ? "[]"u8.ToArray() : payload;
        }

        ReadOnlyMemory<byte> IPayloadTransform.Read(ReadOnlyMemory<byte> stored, in PayloadPlace place)
        {
            Read.Enqueue(place);
            return stored;
        }
    }

    private sealed class Failing(params PayloadKind[] kinds) : IPayloadTransform
    {
        public ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> payload, in PayloadPlace place) => kinds.Contains(place.Kind) ? throw new TimeZoneNotFoundException() : payload;

        public ReadOnlyMemory<byte> Read(ReadOnlyMemory<byte> stored, in PayloadPlace place) => stored;
    }
}
