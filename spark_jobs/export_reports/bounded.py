"""The only way from Spark to Pandas: whole and typed, or refused."""

import pandas as pd
from pyspark.sql import DataFrame

from spark_jobs.lake.errors import DataFailed


def to_pandas(frame: DataFrame, max_rows: int, what: str) -> pd.DataFrame:
    """Bring a frame to the driver as Arrow-backed columns; no more than max_rows + 1 rows ever travel.

    Arrow-backed, because plain toPandas turns a whole number column with a NULL into floats, which lose digits.
    Rows come in no particular order.
    what: the frame's name in the error.
    DataFailed: it has more than max_rows rows. It is never cut.
    """
    rows = frame.limit(max_rows + 1).toArrow()
    if rows.num_rows > max_rows:
        raise DataFailed(
            f"{what} has {frame.count()} rows, above the {max_rows} that a report may hold (--max-report-rows): "
            "nothing was written. Raise the setting and the driver's memory with it, or read the table from the lake."
        )
    return rows.to_pandas(types_mapper=pd.ArrowDtype)
