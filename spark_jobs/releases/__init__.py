"""The releases of the reports on record, which can be compared (release_diff) and restored (restore)."""
