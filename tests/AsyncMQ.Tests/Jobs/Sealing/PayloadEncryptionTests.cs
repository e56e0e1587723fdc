using System.Security.Cryptography;
using System.Text;
using AsyncMQ.Jobs;

namespace AsyncMQ.Tests.Jobs.Sealing;

/// <summary>What encryption binds, and what it refuses.</summary>
public class PayloadEncryptionTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly PayloadPlace Place = new(PayloadKind.Arguments, "queue", "name", "owner");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public void What_was_written_is_read(int size)
    {
        byte[] payload = RandomNumberGenerator.GetBytes(size);

        ReadOnlyMemory<byte> stored = Ring().Write(payload, Place);

        Assert.Equal(payload, Ring().Read(stored, Place).ToArray());
    }

    [Fact]
    public void Every_bit_that_is_changed_is_found()
    {
        byte[] stored = Ring().Write("[1]"u8.ToArray(), Place).ToArray();

        for (int bit = 32; bit < stored.Length * 8; bit++) // without its mark it does not pretend to be encrypted
        {
            byte[] changed = [.. stored];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<PayloadUnreadableException>(() => Ring().Read(changed, Place));
        }
    }

    [Fact]
    public void Every_length_that_is_cut_is_found()
    {
        byte[] stored = Ring().Write("[1]"u8.ToArray(), Place).ToArray();

        for (int length = 4; length < stored.Length; length++)
            Assert.Throws<PayloadUnreadableException>(() => Ring().Read(stored.AsMemory(0, length), Place));
    }

    [Fact]
    public void It_is_bound_to_its_place_and_no_two_places_read_the_same()
    {
        ReadOnlyMemory<byte> stored = Ring().Write("[1]"u8.ToArray(), Place);

        foreach (PayloadPlace other in (PayloadPlace[])[
            Place with { Kind = PayloadKind.Result }, Place with { Queue = "queue2" }, Place with { JobName = "nam" }, Place with { JobName = "Name" }, Place with { Queue = "Queue" }, Place with { Owner = "Owner" },
            new(PayloadKind.Arguments, "queuen", "ame", "owner"), new(PayloadKind.Arguments, "queue", "nameo", "wner"), new(PayloadKind.Arguments, "", "queuename", "owner")])
            Assert.Throws<PayloadUnreadableException>(() => Ring().Read(stored, other));
    }

    [Fact]
    public void Another_key_of_the_same_id_is_not_the_same_key()
    {
        ReadOnlyMemory<byte> stored = Ring().Write("[1]"u8.ToArray(), Place);
        PayloadEncryption other = new PayloadKeys().Add("a", [.. Key.Reverse()]).Build();

        PayloadUnreadableException told = Assert.Throws<PayloadUnreadableException>(() => other.Read(stored, Place));

        Assert.Contains("was changed, or belongs to another job, or was written with another key of the id 'a'", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_at_once_do_not_meet()
    {
        PayloadEncryption ring = Ring();

        Parallel.For(0, 5_000, i =>
        {
            byte[] payload = Encoding.UTF8.GetBytes($"[{i}]");
            PayloadPlace place = Place with { Owner = $"{i}" };
            Assert.Equal(payload, ring.Read(ring.Write(payload, place), place).ToArray());
        });
    }

    [Fact]
    public void Keys_are_never_shown()
    {
        var keys = new PayloadKeys { Current = "a" };
        keys.Add("a", Key).AddBase64("b", Convert.ToBase64String([.. Key.Reverse()]));

        Assert.Equal("PayloadKeys (2 keys, current a)", keys.ToString());
        Assert.Equal("PayloadEncryption (2 keys, current a)", keys.Build().ToString());
    }

    [Fact]
    public void A_key_that_is_changed_afterwards_is_what_it_was()
    {
        byte[] key = [.. Key];
        PayloadKeys keys = new PayloadKeys().Add("a", key);
        ReadOnlyMemory<byte> stored = Ring().Write("[1]"u8.ToArray(), Place);

        key.AsSpan().Fill(7);

        Assert.Equal("[1]"u8.ToArray(), keys.Build().Read(stored, Place).ToArray());
    }

    [Theory]
    [InlineData("*", "[A stored text is damaged.]")]
    [InlineData("AAAA", "[A stored text was changed by a payload transform that this process does not have.]")]
    [InlineData("/0FNUQk=", "[A log line of job queue/owner cannot be read: it is encrypted, and this process has no keys (EncryptPayloads).]")]
    public void A_line_that_only_looks_encrypted_is_told_as_that(string rest, string told) =>
        Assert.Equal(told, PayloadCodec.None.ReadText($"\u0001amq:{rest}", Place with { Kind = PayloadKind.LogLine }));

    [Fact]
    public void The_name_of_a_key_in_a_store_cannot_write_into_a_message()
    {
        byte[] stored = Ring().Write("[1]"u8.ToArray(), Place).ToArray();
        stored[6] = (byte)'\n';

        Assert.Contains("key '?', which", Assert.Throws<PayloadUnreadableException>(() => PayloadCodec.None.Read(stored, Place)).Message, StringComparison.Ordinal);
    }

    private static PayloadEncryption Ring() => new PayloadKeys().Add("a", Key).Build();
}
