"""The second look at a day's landed logs: an independent count in the RDD API, compared with the ledger that ingest wrote."""
