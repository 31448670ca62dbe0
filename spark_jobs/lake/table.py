"""What a table of the lake is."""

from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StructField, StructType

CATALOG = "lake"


@dataclass(frozen=True)
class Table:
    """A table that is written a day at a time.

    name: `namespace.table` in the catalog `lake`.
    schema: the columns in their order; the first is the day that partitions the table. A field with nullable=False is
        never NULL: the gate checks it (the storage does not, so that a bad row reaches the gate and is named there).
    key: the columns that are unique within a day; empty where rows may repeat.
    added: the counts and flags that came to the table's end after its first version. ensure_table adds them to an older lake, where they
        are NULL in the rows that are there. They are read as 0 or false there and in snapshots from before, which is what held then.
    """

    name: str
    schema: StructType
    key: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def day_column(self) -> str:
        return self.schema.fields[0].name

    @property
    def identifier(self) -> str:
        return f"{CATALOG}.{self.name}"

    @property
    def view(self) -> str:
        """The name under which the gate's SQL sees the table: `raw.requests` is `raw_requests`."""
        return self.name.replace(".", "_")

    def conform(self, frame: DataFrame) -> DataFrame:
        """Put the columns in the table's order; refuse a frame whose columns or types differ, naming every fault."""
        faults = [fault for field in self.schema.fields if (fault := _fault(field, frame.schema))]
        faults += [f"unexpected column {name}" for name in frame.columns if name not in self.schema.names]
        if faults:
            raise TypeError(f"{self.name}: " + "; ".join(faults))
        return frame.select(*self.schema.names)


def _fault(field: StructField, schema: StructType) -> str | None:
    if field.name not in schema.names:
        return f"missing column {field.name}"
    found, wanted = schema[field.name].dataType.simpleString(), field.dataType.simpleString()
    return None if found == wanted else f"column {field.name} is {found}, not {wanted}"


def day_literal(day: object) -> Column:
    """A DATE literal."""
    return F.lit(str(day)).cast("date")
