"""Stage enrich: the day's requests that nothing blocks, with what is known of their users."""
