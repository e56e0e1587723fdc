using AsyncMQ.Redis.Tests.Faults.Kit;

namespace AsyncMQ.Redis.Tests.Faults;

// What every server must survive.

[Collection(nameof(FaultTests))]
public sealed class RedisAbsentServerTests() : AbsentServerTests(RedisUnderFault.StartAsync);

[Collection(nameof(FaultTests))]
public sealed class RedisConnectionFaultTests() : ConnectionFaultTests(RedisUnderFault.StartAsync);

[Collection(nameof(FaultTests))]
public sealed class RedisRestartTests() : RestartTests(RedisUnderFault.StartAsync);
