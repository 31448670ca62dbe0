"""The stream's totals against the daily chain's, once a day is closed."""
