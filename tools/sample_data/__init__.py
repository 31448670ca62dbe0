"""Generated landing data: `python -m tools.sample_data --help`. All persons, addresses and pages are invented."""
