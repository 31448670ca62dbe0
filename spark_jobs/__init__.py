"""Spark jobs of Millrace: one package a stage, in the order in which the data flows."""
