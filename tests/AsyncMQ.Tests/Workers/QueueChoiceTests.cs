using AsyncMQ.Workers;

namespace AsyncMQ.Tests.Workers;

public class QueueChoiceTests
{
    [Fact]
    public void Up_to_64_queues_are_always_all_asked()
    {
        QueueChoice choice = Of(64);

        Assert.Equal(64, choice.Choose(isPoll: false).Length);
        Assert.False(choice.Learn(haveMore: false, []));
        Assert.Equal(64, choice.Choose(isPoll: false).Length);
    }

    [Fact]
    public void Of_more_only_those_that_may_have_work_are_asked()
    {
        QueueChoice choice = Of(200);
        choice.MarkReady("q150");
        choice.MarkReady("q7");
        choice.MarkReady("q150");

        Assert.Equal([150, 7], choice.Choose(isPoll: false));
    }

    [Fact]
    public void With_nothing_known_all_are_looked_at_64_by_64()
    {
        QueueChoice choice = Of(200);
        var seen = new HashSet<int>();

        for (int i = 0; i < 4; i++)
        {
            seen.UnionWith(choice.Choose(isPoll: true));
            choice.Learn(haveMore: false, []);
        }

        Assert.Equal(200, seen.Count);
    }

    [Fact]
    public void Full_queues_are_asked_in_turn_and_none_starves()
    {
        QueueChoice choice = Of(200);
        for (int i = 0; i < 200; i++)
            choice.MarkReady($"q{i}");
        var asked = new int[200];

        for (int round = 0; round < 100; round++)
        {
            foreach (int queue in choice.Choose(isPoll: false))
                asked[queue]++;
            Assert.True(choice.Learn(haveMore: true, []));
        }

        Assert.All(asked, times => Assert.InRange(times, 31, 33));
    }

    [Fact]
    public void Queues_that_have_no_more_are_not_asked_again()
    {
        QueueChoice choice = Of(200);
        choice.MarkReady("q5");
        choice.Choose(isPoll: false);
        choice.Learn(haveMore: false, []);
        choice.MarkReady("q6");

        Assert.Equal([6], choice.Choose(isPoll: false));
    }

    [Fact]
    public void News_of_a_queue_while_it_is_asked_outlives_the_answer()
    {
        QueueChoice choice = Of(200);
        choice.MarkReady("q5");
        choice.Choose(isPoll: false);
        choice.MarkReady("q5");

        Assert.True(choice.Learn(haveMore: false, []));
        Assert.Equal([5], choice.Choose(isPoll: false));
    }

    [Fact]
    public void Queues_that_the_store_names_come_before_those_just_asked()
    {
        QueueChoice choice = Of(200);
        choice.MarkReady("q5");
        choice.Choose(isPoll: false);
        choice.Learn(haveMore: true, ["q9", "not mine"]);

        Assert.Equal([9, 5], choice.Choose(isPoll: false));
    }

    [Fact]
    public void A_poll_adds_others_to_those_that_are_ready()
    {
        QueueChoice choice = Of(100);
        choice.MarkReady("q99");

        int[] chosen = choice.Choose(isPoll: true);

        Assert.Equal(99, chosen[0]);
        Assert.Equal(64, chosen.Distinct().Count());
    }

    [Fact]
    public void An_answer_without_question_changes_nothing()
    {
        QueueChoice choice = Of(200);
        choice.MarkReady("q5");
        choice.Learn(haveMore: true, []);

        Assert.Equal([5], choice.Choose(isPoll: false));
    }

    private static QueueChoice Of(int count) => new([.. Enumerable.Range(0, count).Select(i => new WeightedQueue($"q{i}", 1))]);
}
