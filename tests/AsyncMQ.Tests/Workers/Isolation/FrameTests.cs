using AsyncMQ.Workers;

namespace AsyncMQ.Tests.Workers.Isolation;

/// <summary>What comes over the connection is whole and as it was sent, or it is refused: nothing is waited for that will not come, nor taken for what it is not.</summary>
public class FrameTests
{
    private const int Largest = 1_000;

    public static TheoryData<string, byte[]> Garbage => new()
    {
        { "are no frame", [0xFF, 0xFF, 0xFF, 0xFF, 1] },
        { "are no frame", [0, 0, 0, 0, 1] },
        { "are no frame", [0, 0, 0, 0x80, 1] },
        { "are no frame", [0xEA, 3, 0, 0, 1, 0, 0] },
        { "are no frame", [1, 0, 0, 0, 99] },
        { "ends in its header", [5, 0, 0] },
        { "ends before its length", [5, 0, 0, 0, 1, 2, 3] },
    };

    [Fact]
    public async Task Values_come_back_as_they_were_written()
    {
        byte[] large = [.. Enumerable.Range(0, 700).Select(i => (byte)i)];
        FrameWriter frame = new FrameWriter(FrameKind.Progress, 0).Int(-7).Long(long.MinValue).Double(0.1).Text("").Text(null).Text("mäuse \U0001F42D").Bytes(large)
            .Error(new("T", "m", null)).Error(null);
        var stream = new MemoryStream(frame.End().ToArray());

        foreach (Frame? read in (Frame?[])[await new FrameChannel(stream, Largest).ReadAsync(default), Rewound(stream).Read()])
        {
            Assert.Equal(FrameKind.Progress, read!.Value.Kind);
            FrameReader values = read.Value.Read();
            Assert.Equal((-7, long.MinValue, 0.1), (values.Int(), values.Long(), values.Double()));
            Assert.Equal(["", null, "mäuse \U0001F42D"], (string?[])[values.TextOrNull(), values.TextOrNull(), values.TextOrNull()]);
            Assert.Equal(large, values.Bytes().ToArray());
            Assert.Equal(new JobError("T", "m", null), values.Error());
            Assert.Null(values.Error());
            Assert.Throws<InvalidDataException>(() => values.Int());
        }
    }

    [Fact]
    public async Task The_end_between_frames_is_the_end()
    {
        Assert.Null(await new FrameChannel(new MemoryStream(), Largest).ReadAsync(default));
        Assert.Null(new FrameChannel(new MemoryStream(), Largest).Read());
    }

    [Theory]
    [MemberData(nameof(Garbage), DisableDiscoveryEnumeration = true)]
    public async Task Bytes_that_are_no_frame_are_refused(string says, byte[] bytes)
    {
        var asynchronous = await Assert.ThrowsAsync<InvalidDataException>(async () => await new FrameChannel(new MemoryStream(bytes), Largest).ReadAsync(default));
        var blocking = Assert.Throws<InvalidDataException>(() => new FrameChannel(new MemoryStream(bytes), Largest).Read());

        Assert.Contains(says, asynchronous.Message, StringComparison.Ordinal);
        Assert.Contains(says, blocking.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_length_inside_a_frame_that_is_over_its_end_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => Reader([100, 0, 0, 0, 1, 2]).Bytes());
        Assert.Throws<InvalidDataException>(() => Reader([0xFE, 0xFF, 0xFF, 0xFF]).TextOrNull());
        Assert.Throws<InvalidDataException>(() => Reader([0xFF, 0xFF, 0xFF, 0xFF]).Text());
        Assert.Throws<InvalidDataException>(() => Reader([0xFF, 0xFF, 0xFF, 0xFF]).Count());
        Assert.Throws<InvalidDataException>(() => Reader([1, 2]).Long());
    }

    [Fact]
    public async Task Frames_of_many_writers_do_not_mix()
    {
        var stream = new MemoryStream();
        var channel = new FrameChannel(stream, Largest);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(async () =>
        {
            FrameWriter frame = new FrameWriter(FrameKind.Line).Int(i).Bytes(new byte[i]);
            if (i % 2 == 0)
                await channel.WriteAsync(frame);
            else
                channel.Write(frame);
        })));

        channel = Rewound(stream);
        HashSet<int> seen = [];
        while (channel.Read() is { } frame)
        {
            FrameReader values = frame.Read();
            int number = values.Int();
            Assert.Equal(number, values.Bytes().Length);
            Assert.True(seen.Add(number));
        }

        Assert.Equal(100, seen.Count);
    }

    private static FrameReader Reader(byte[] bytes) => new(bytes);

    private static FrameChannel Rewound(MemoryStream stream)
    {
        stream.Position = 0;
        return new(stream, Largest);
    }
}
