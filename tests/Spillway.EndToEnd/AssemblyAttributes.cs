// Two cores play eight viewers at most: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
