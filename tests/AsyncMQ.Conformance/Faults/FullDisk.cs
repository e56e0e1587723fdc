namespace AsyncMQ.Conformance.Faults;

/// <summary>What one does to a store whose disk fills up.</summary>
public static class FullDisk
{
    /// <summary>Adds jobs until one is refused: those that were added, and what the store said.</summary>
    public static async Task<(List<string> Added, StoreRejectedException Error)> AddUntilFull(this StoreDriver driver, string prefix, ReadOnlyMemory<byte> payload)
    {
        List<string> added = [];
        while (true)
        {
            try
            {
                added.Add((await driver.Add(Job($"{prefix}-{added.Count}").WithPayload(payload))).Id);
            }
            catch (StoreRejectedException error)
            {
                return (added, error);
            }
        }
    }

    /// <summary>Does a step, which may be refused, if the store says that the disk is full.</summary>
    public static async Task RefusedOrDone<T>(string says, Func<Task<T>> step)
    {
        try
        {
            await step();
        }
        catch (StoreRejectedException error)
        {
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
        }
    }
}
