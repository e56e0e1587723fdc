namespace AsyncMQ.Postgres.Tests.Faults;

/// <summary>Tests that do something to a server of their own, and look at how long its users take to go on: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(FaultTests), DisableParallelization = true)]
public sealed class FaultTests;
