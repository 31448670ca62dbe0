"""A mart table's day as the bytes of a CSV file, by the rules of docs/data.md, "Report files"."""

from functools import reduce

import pandas as pd
from pyspark.sql.types import ArrayType, DataType, DateType, IntegerType, LongType, StringType, TimestampType

from spark_jobs.export_reports.cells import date_cells, integer_cells, list_cells, text_cells, timestamp_cells
from spark_jobs.lake.table import Table

CELLS = {
    StringType: text_cells,
    IntegerType: integer_cells,
    LongType: integer_cells,
    DateType: date_cells,
    TimestampType: timestamp_cells,
    ArrayType: list_cells,
}


def csv_name(table: Table) -> str:
    """`mart.user_daily` is the file `user_daily.csv`."""
    return f"{table.name.rpartition('.')[2]}.csv"


def csv_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """A header and a line for each row, sorted by day and key, strings by their UTF-8 bytes.

    frame: Arrow-backed columns of the table, in any order of rows. The bytes depend on the set of rows alone, since the
        key is unique within a day.
    TypeError: a column of the table has a type that no rule of docs/data.md covers.
    """
    rows = frame.sort_values([table.day_column, *table.key])
    columns = [_quoted(_cells(rows[field.name], field.dataType)) for field in table.schema.fields]
    lines = reduce(lambda left, right: left + "," + right, columns)
    return "".join(f"{line}\n" for line in [",".join(table.schema.names), *lines]).encode()


def _cells(column: pd.Series, data_type: DataType) -> pd.Series:
    rule = CELLS.get(type(data_type))
    if rule is None:
        raise TypeError(f"column {column.name}: no CSV rule for the type {data_type.simpleString()}")
    return rule(column)


def _quoted(cells: pd.Series) -> pd.Series:
    """RFC 4180 quotes, only where needed. By hand: Python's csv module quotes a lone CR in some versions only."""
    return cells.mask(cells.str.contains('[",\r\n]'), '"' + cells.str.replace('"', '""', regex=False) + '"')
