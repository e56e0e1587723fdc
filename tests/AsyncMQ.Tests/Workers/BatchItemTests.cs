namespace AsyncMQ.Tests.Workers;

/// <summary>Batches as a unit test of a handler makes them.</summary>
public class BatchItemTests
{
    [Fact]
    public async Task A_handler_can_be_tested_with_a_batch_made_by_hand()
    {
        BatchItem<Word, int>[] items = [Item("one"), Item(""), Item("a"), Item("later")];

        await new Lengths().HandleAsync(new JobBatch<Word, int>(items), default);

        Assert.Equal([BatchDecision.Completed, BatchDecision.Failed, BatchDecision.None, BatchDecision.PutBack], items.Select(item => item.Decision));
        Assert.Equal(3, items[0].Result);
        Assert.Equal("empty", Assert.IsType<UnrecoverableJobException>(items[1].Error).Message);
        Assert.Equal(TimeSpan.FromMinutes(1), Assert.IsType<RetryJobException>(items[3].Error).Delay);
        Assert.Null(items[2].Error);
    }

    [Fact]
    public void The_rest_of_a_batch_is_what_was_not_decided()
    {
        BatchItem<Word>[] items = [new(new("a"), Context()), new(new("b"), Context()), new(new("c"), Context())];
        items[1].PutBack();

        new JobBatch<Word>(items).CompleteRest();

        Assert.Equal([BatchDecision.Completed, BatchDecision.PutBack, BatchDecision.Completed], items.Select(item => item.Decision));
    }

    [Fact]
    public void Of_threads_that_decide_at_once_one_succeeds()
    {
        for (int round = 0; round < 200; round++)
        {
            BatchItem<Word, int> item = Item("x");
            int refused = 0;
            Parallel.For(0, 8, i =>
            {
                try
                {
                    if (i % 2 == 0)
                        item.Complete(i);
                    else
                        item.PutBack();
                }
                catch (InvalidOperationException)
                {
                    Interlocked.Increment(ref refused);
                }
            });

            Assert.Equal(7, refused);
        }
    }

    [Fact]
    public void Nonsense_is_refused_and_decides_nothing()
    {
        BatchItem<Word> item = new(new("a"), Context());

        Assert.Equal("context", Assert.Throws<ArgumentNullException>(() => new BatchItem<Word>(new("a"), null!)).ParamName);
        Assert.Equal("job", Assert.Throws<ArgumentNullException>(() => new BatchItem<Word>(null!, Context())).ParamName);
        Assert.Equal("job", Assert.Throws<ArgumentNullException>(() => new BatchItem<Word, int>(null!, Context())).ParamName);
        Assert.Equal("exception", Assert.Throws<ArgumentNullException>(() => item.Fail(null!)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => item.PutBack(TimeSpan.FromSeconds(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => item.PutBack(TimeSpan.MaxValue));
        Assert.Equal("items", Assert.Throws<ArgumentException>(() => new JobBatch<Word>([])).ParamName);
        Assert.Equal("items", Assert.Throws<ArgumentException>(() => new JobBatch<Word>([item, null!])).ParamName);
        Assert.Equal("items", Assert.Throws<ArgumentNullException>(() => new JobBatch<Word, int>(null!)).ParamName);
        Assert.Equal(BatchDecision.None, item.Decision);
    }

    private static BatchItem<Word, int> Item(string text) => new(new(text), Context());

    private static JobContext Context() => new(new("default", "job"), "word");

    private sealed record Word(string Text) : IJob<int>;

    private sealed class Lengths : IBatchJobHandler<Word, int>
    {
        public Task HandleAsync(JobBatch<Word, int> batch, CancellationToken cancellationToken)
        {
            foreach (BatchItem<Word, int> item in batch)
            {
                if (item.Job.Text.Length == 0)
                    item.Fail(new UnrecoverableJobException("empty"));
                else if (item.Job.Text == "later")
                    item.PutBack(TimeSpan.FromMinutes(1));
                else if (item.Job.Text.Length > 1)
                    item.Complete(item.Job.Text.Length);
            }

            return Task.CompletedTask;
        }
    }
}
