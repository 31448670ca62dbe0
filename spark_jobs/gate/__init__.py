"""The gate of every stage: audits what was staged with Great Expectations and publishes what passed. Nothing else publishes."""
