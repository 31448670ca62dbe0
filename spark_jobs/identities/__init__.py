"""Identities: connected components of the graph of named users and the addresses they used, level by level."""
