"""The independent oracle: a day's tables and report computed from docs/data.md alone, without Spark.

Nothing here imports spark_jobs or include, nor was it written from their code: where the two disagree,
docs/data.md decides which of them is wrong.
"""
