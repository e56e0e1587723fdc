namespace AsyncMQ.Postgres.Tests.Faults;

// What every server must survive.

[Collection(nameof(FaultTests))]
public sealed class PostgresAbsentServerTests() : AbsentServerTests(PostgresUnderFault.StartAsync);

[Collection(nameof(FaultTests))]
public sealed class PostgresConnectionFaultTests() : ConnectionFaultTests(PostgresUnderFault.StartAsync);

[Collection(nameof(FaultTests))]
public sealed class PostgresRestartTests() : RestartTests(PostgresUnderFault.StartAsync);
