namespace AsyncMQ.Conformance;

/// <summary>A typed job with a result, a queue of its own, and a policy.</summary>
[Job("mail.welcome", Queue = "mail", Retries = 3, TimeoutSeconds = 20)]
public sealed record SendWelcome(string To, int Copies = 1) : IJob<string>;

/// <summary>A typed job that says nothing but its name.</summary>
[Job("report.build")]
public sealed record BuildReport(string Scope, decimal Limit) : IJob;

/// <summary>A typed job without arguments.</summary>
[Job("nightly")]
public sealed record Nightly : IJob;
