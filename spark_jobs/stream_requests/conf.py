"""The properties that the stream sets itself, beside those of every job."""


def properties(partitions: int) -> dict[str, str]:
    """partitions: of shuffles, and so of the state, for the life of a checkpoint."""
    return {
        # State lies in RocksDB and not in the heap; a batch saves what it changed, not all of it.
        "spark.sql.streaming.stateStore.providerClass": "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider",
        "spark.sql.streaming.stateStore.rocksdb.changelogCheckpointing.enabled": "true",
        "spark.sql.streaming.stateStore.rocksdb.boundedMemoryUsage": "true",
        "spark.sql.streaming.minBatchesToRetain": "10",
        "spark.sql.shuffle.partitions": str(partitions),
    }
