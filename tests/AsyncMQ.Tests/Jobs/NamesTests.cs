using AsyncMQ.Jobs;

namespace AsyncMQ.Tests.Jobs;

public class NamesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("mail.welcome")]
    [InlineData("größe")]
    [InlineData("漢字")]
    [InlineData("😀")]
    [InlineData("a:b")]
    [InlineData("@x")]
    [InlineData("123")]
    [InlineData("a}{b*?[x]../%'\"")]
    public void Names_of_any_script_and_sign_are_names(string name)
    {
        Assert.Same(name, Names.RequireQueue(name));
        Assert.Same(name, Names.RequireJobName(name));
        Assert.Same(name, Names.RequireTag(name));
        Assert.Same(name, Names.RequireHeader(name));
        Assert.Same(name, Names.RequireDeduplicationId(name));
    }

    [Fact]
    public void The_longest_of_each_is_accepted()
    {
        Assert.Equal(128, Names.RequireQueue(new('x', 128)).Length);
        Assert.Equal(255, Names.RequireJobId(new('x', 255)).Length);
        Assert.Equal(255, Names.RequireDeduplicationId(new('1', 255)).Length);
    }

    [Theory]
    [InlineData("import-1")]
    [InlineData("import:2031-03-01")]
    [InlineData(":")]
    [InlineData("größe 1")]
    public void A_flow_may_have_a_colon_in_its_id(string id) => Assert.Same(id, Names.RequireFlowId(id));

    [Theory]
    [InlineData("@a", "begins with '@'")]
    [InlineData("20310301", "Use a prefix, for example 'flow-20310301'")]
    [InlineData("", "A flow id must not be empty")]
    [InlineData(" a", "white space")]
    public void A_flow_id_is_else_like_a_job_id(string id, string says) =>
        Assert.Contains(says, Assert.Throws<ArgumentException>(() => Names.RequireFlowId(id)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_generated_id_is_a_custom_id_too()
    {
        var ids = new Seams.JobIdSource(Seams.RuntimeSeams.System);

        for (int i = 0; i < 10_000; i++)
            Names.RequireJobId(ids.Next());
    }

    [Fact]
    public void Every_text_is_a_name_or_refused_with_a_message_fit_for_a_log()
    {
        var random = new Random(2);
        for (int i = 0; i < 200_000; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(0, i % 50 == 0 ? 400 : 6)).Select(_ => (char)(random.Next(3) == 0 ? random.Next(0x10000) : random.Next(0x100)))]);
            try
            {
                Names.RequireJobId(text);
            }
            catch (ArgumentException e)
            {
                Assert.DoesNotContain(e.Message, c => char.IsControl(c) && c is not ('\r' or '\n'));
                Assert.InRange(e.Message.Length, 20, 600);
            }
        }
    }
}
