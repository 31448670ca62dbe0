"""Stage ingest: a landed day becomes raw tables; every line read gets exactly one outcome."""
