"""A standalone Spark cluster on loopback from the installed pyspark: `make cluster-start` and its kin."""
