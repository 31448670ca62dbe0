"""Upkeep of the lake: small files, old snapshots, abandoned branches, and what dead runs have left."""
