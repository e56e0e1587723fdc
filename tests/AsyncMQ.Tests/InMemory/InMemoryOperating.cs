using AsyncMQ.Conformance.Operating;

namespace AsyncMQ.Tests.InMemory;

public sealed class InMemoryOperationsTableTests() : OperationsTableTests(new InMemoryStores());

public sealed class InMemoryPagingTests() : PagingTests(new InMemoryStores());

public sealed class InMemoryMovingPagesTests() : MovingPagesTests(new InMemoryStores());

public sealed class InMemoryFilterTests() : FilterTests(new InMemoryStores());

public sealed class InMemoryLookingOverTests() : LookingOverTests(new InMemoryStores());

public sealed class InMemoryBulkChangeTests() : BulkChangeTests(new InMemoryStores());

public sealed class InMemoryObliterateTests() : ObliterateTests(new InMemoryStores());

public sealed class InMemoryPauseTests() : PauseTests(new InMemoryStores());

public sealed class InMemoryStoppingTests() : StoppingTests(new InMemoryStores());

public sealed class InMemoryKeepingTests() : KeepingTests(new InMemoryStores());
