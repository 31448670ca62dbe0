"""The properties that a gate sets itself, beside those of every job, where the day is small."""

SMALL_DAY_ROWS = 1_000_000
# A suite is dozens of queries: on a small day, planning and compiling them costs more than the rows.
PLANNING = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
