// Two cores play eight viewers at most: one test with a browser at a time, and beside it one without. See Lanes.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.Collections, MaxThreads = 2)]
