// Each test has the machine to itself: its processes are load enough, and its leases are short.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
