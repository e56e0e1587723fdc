namespace AsyncMQ.Conformance;

/// <summary>
/// The ground of every class of the suite: a fresh store per test, and an audit of it at the end. A store's test project inherits each class in one line:
/// <code>public sealed class Adds() : AddTests(new MyStores());</code>
/// </summary>
public abstract class ConformanceTests(IStoreFixture fixture) : IAsyncLifetime
{
    /// <summary>How long a test waits for something that must happen before it calls it a failure.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private StoreDriver? driver;

    /// <summary>The store under test, driven in the words of the domain.</summary>
    protected StoreDriver Store => driver ?? throw new InvalidOperationException("The test has not begun.");

    /// <summary>The token of the running test.</summary>
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Where more stores come from.</summary>
    protected IStoreFixture Fixture => fixture;

    public virtual async ValueTask InitializeAsync() => driver = await StoreDriver.OpenAsync(await fixture.CreateAsync());

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (driver is null)
            return;

        await using (driver.Store)
            Assert.Empty(await driver.Store.AuditAsync(CancellationToken.None));
    }

    /// <summary>Closes the store and opens it again; skips the test where nothing is kept.</summary>
    protected async Task Reopen()
    {
        IJobStore? reopened = await fixture.ReopenAsync(Store.Store);
        Assert.SkipWhen(reopened is null, "This store keeps nothing when it is closed.");
        driver = await Store.ContinueOn(reopened);
    }

    /// <summary>Drivers of so many processes, each with a session of its own.</summary>
    protected async Task<StoreDriver[]> Drivers(int count)
    {
        var drivers = new StoreDriver[count];
        for (int i = 0; i < count; i++)
            drivers[i] = await StoreDriver.OpenAsync(Store.Store);
        return drivers;
    }

    /// <summary>Runs so many at once, as near to one moment as threads allow.</summary>
    protected static async Task<T[]> AtOnce<T>(int count, Func<int, Task<T>> body)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<T>[] all = [.. Enumerable.Range(0, count).Select(i => Task.Run(async () =>
        {
            await start.Task;
            return await body(i);
        }))];
        start.SetResult();
        return await Task.WhenAll(all).WaitAsync(Patience, Cancellation);
    }
}
