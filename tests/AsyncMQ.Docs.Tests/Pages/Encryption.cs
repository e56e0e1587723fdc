using System.IO.Compression;
using System.Security.Cryptography;
using AsyncMQ.Testing;

namespace AsyncMQ.Docs.Tests.Pages.Encryption;

// The code of docs/encryption.md: each of its C# blocks stands here as it is there.

public sealed class Compressed : IPayloadTransform
{
    private const byte Mark = 0xFE;                                         // begins no JSON: what was stored before is read as it is

    public ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> payload, in PayloadPlace place)
    {
        if (payload.Length < 1_000)
            return payload;
        var packed = new MemoryStream();
        packed.WriteByte(Mark);
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest))
            brotli.Write(payload.Span);
        return packed.ToArray();
    }

    public ReadOnlyMemory<byte> Read(ReadOnlyMemory<byte> stored, in PayloadPlace place)
    {
        if (stored.IsEmpty || stored.Span[0] != Mark)
            return stored;
        using var brotli = new BrotliStream(new MemoryStream(stored[1..].ToArray()), CompressionMode.Decompress);
        var payload = new MemoryStream();
        brotli.CopyTo(payload);
        return payload.ToArray();
    }
}

public sealed class EncryptionTests
{
    [Fact]
    public async Task Payloads_are_encrypted_with_the_keys_of_the_configuration()
    {
        Dictionary<string, string> configuration = new()
        {
            ["JobKeys:2031-03"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["JobKeys:2030-09"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        };
        await using AsyncMQTestHost host = AsyncMQTestHost.Create(mq =>
        {
            mq.EncryptPayloads(keys =>
            {
                keys.AddBase64("2031-03", configuration["JobKeys:2031-03"]!);
                keys.AddBase64("2030-09", configuration["JobKeys:2030-09"]!);
                keys.Current = "2031-03";
            });

            mq.AddHandler("mail.welcome", (context, _) => Task.FromResult(context.Args[0].GetString()));
        });
        IJobClient client = host.Client;
        JobHandle added = await client.GetQueue("mail").AddAsync("mail.welcome", ["ann@example.com"], new() { JobId = "welcome-1" });
        await host.RunUntilIdleAsync();

        JobInfo? job = await client.GetQueue("mail").GetJobAsync("welcome-1");
        if (!job!.Args.IsReadable)
            Console.WriteLine($"{job.Id} is {job.State}; its arguments cannot be read here.");          // job.Args.Utf8 would throw

        Assert.Equal("ann@example.com", job.Args[0].GetString());
        Assert.Equal("ann@example.com", (await added.WaitAsync()).Get<string>());
        Assert.Equal("ann@example.com", host.Added[0].Args[0].GetString());
    }

    [Fact]
    public async Task What_is_large_is_compressed_first()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        await using AsyncMQTestHost host = AsyncMQTestHost.Create(mq =>
        {
            mq.AddPayloadTransform(new Compressed()).EncryptPayloads(keys => keys.Add("2031-03", key));

            mq.Configure(options => options.MaxPayloadBytes = 1_024).AddHandler("work", (context, _) => Task.FromResult(context.Args[0].GetString()));
        });

        JobHandle job = await host.Client.AddAsync("work", [new string('x', 100_000)]);
        await host.RunUntilIdleAsync();

        Assert.Equal(100_000, (await job.WaitAsync()).Get<string>()!.Length);
    }
}
