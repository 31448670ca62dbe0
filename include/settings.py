"""Every setting of Millrace: the only place that reads the environment.

Set one by exporting MILLRACE_<NAME>, e.g. MILLRACE_LATE_DAYS=3. Jobs have no defaults of their own: they get these as arguments.
Where buckets are and who may use them is said by the variables that every tool for S3 reads: AWS_ENDPOINT_URL, AWS_DEFAULT_REGION,
AWS_SHARED_CREDENTIALS_FILE.
"""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent
DAG_ID = "web_activity_daily"
MEMORY = r"^[1-9][0-9]*[mg]$"


class Settings(BaseSettings):
    """Validated settings; an unknown value or a value out of bounds is refused by name."""

    # An empty variable is an unset one: `make run MILLRACE_HOME=` must not mean the current folder.
    model_config = SettingsConfigDict(env_prefix="MILLRACE_", env_ignore_empty=True, populate_by_name=True, frozen=True)

    home: Path = Field(default=PROJECT / "var", description="Folder of everything that a run owns")
    landing_uri: str = Field(default="", description="Landing folder; default: landing below home")
    warehouse_uri: str = Field(default="", description="Iceberg warehouse; default: warehouse below home")
    work_uri: str = Field(default="", description="What runs keep while they last, e.g. levels and verdicts; default: work below home")
    reports_uri: str = Field(default="", description="Folder of the reports; default: reports below home")
    s3_endpoint: str = Field(
        default="",
        pattern=r"^(https?://[^@\s]+)?$",
        validation_alias="AWS_ENDPOINT_URL",
        description="An S3 service other than Amazon's own",
    )
    s3_region: str = Field(default="", validation_alias="AWS_DEFAULT_REGION", description="Region of the buckets")
    s3_credentials_file: str = Field(
        default="", validation_alias="AWS_SHARED_CREDENTIALS_FILE", description="Who may use the buckets; default: ~/.aws/credentials"
    )
    catalog_uri: str = Field(default="", description="JDBC URI of the Iceberg catalog, without credentials; default: SQLite below home")

    erasure_key_file: Path | None = Field(
        default=None, description="Secret file of the key under which erased users are known; default: secrets/erasure.key below home"
    )

    late_days: int = Field(default=2, ge=0, le=31, description="Days after its own in which a request may still land")
    max_line_bytes: int = Field(default=1024 * 1024, ge=1, description="A longer line is quarantined as TOO_LONG")
    max_file_bytes: int = Field(default=4 * 1024**3, ge=1, description="A landed .gz that unpacks to more is refused, unread")
    max_quarantined_share: float = Field(
        default=0.05, ge=0, le=1, description="A larger share of a dataset in quarantine fails the ingest gate"
    )
    young_below_years: int = Field(default=21, ge=0, le=150, description="mart.young_by_gender counts users younger than this")
    max_users_per_ip: int = Field(default=50, ge=1, description="An address with more named users a day links no identities")
    finish_edges: int = Field(default=2_000_000, ge=0, description="At most so many identity edges are finished in one task")
    max_report_rows: int = Field(default=1_000_000, ge=1, description="A report table with more rows is refused, never cut")
    audit_top: int = Field(default=20, ge=0, description="Users and addresses that the audit of the landed logs names")
    audit_max_hops: int = Field(default=6, ge=0, description="Hops that the audit walks from blocked traffic to users and addresses")
    audit_checkpoint_every: int = Field(default=3, ge=1, description="Hops of the audit from one checkpoint to the next")

    keep_days: int = Field(
        default=30, ge=1, description="How long a release can be restored; the upkeep removes older snapshots and branches"
    )

    stream_trigger_seconds: int = Field(default=1, ge=0, description="From one batch of the stream to the next; 0: as soon as it can")
    stream_partitions: int = Field(default=2, ge=1, description="Partitions of the stream's state; a checkpoint keeps those it began with")
    stream_top: int = Field(default=10, ge=1, description="Users that the stream names of each batch")

    master: str = Field(default="local[*]", pattern=r"^(local\[(\*|[1-9][0-9]*)\]|spark://\S+)$", description="Spark master URL")
    driver_memory: str = Field(default="3g", pattern=MEMORY, description="Heap of a Spark driver")
    executor_memory: str = Field(default="1g", pattern=MEMORY, description="Heap of an executor, on a cluster")
    executor_cores: int = Field(default=1, ge=1, description="Cores of an executor, on a cluster")
    max_cores: int = Field(default=2, ge=1, description="Cores that one job may take of a cluster")
    master_timeout_seconds: int = Field(
        default=120, ge=1, description="A job gives up on a cluster whose master has not answered for so long"
    )
    properties_file: Path = Field(
        default=PROJECT / "include/spark/millrace.conf", description="Properties of every submit; the place for secret ones, with mode 0600"
    )
    in_containers: bool = Field(default=False, description="Whether tasks run in containers, where no `make` is at hand")
    history_url: str = Field(default="", description="Address of Spark's history server, to which tasks link; empty: no link")
    event_log_uri: str = Field(default="", description="Folder of Spark's event logs; empty: none are written")
    small_day_bytes: int = Field(
        default=64 * 1024 * 1024, ge=0, description="A day with fewer landed bytes runs with a quicker start and a slower pace"
    )
    shuffle_partitions: int = Field(default=32, ge=1, description="Partitions of a shuffle, before Spark merges small ones")
    log_level: str = Field(default="warn", pattern="^(trace|debug|info|warn|error|off)$", description="What drivers and executors log")
    spark_slots: int = Field(default=1, ge=1, description="Spark tasks at once: the slots of the Airflow pool `spark`")
    retries: int = Field(default=2, ge=0, description="Tries of a Spark task after the first")
    retry_delay_seconds: int = Field(default=30, ge=0, description="Wait before the first retry; it doubles after each")
    stage_timeout_seconds: int = Field(
        default=4 * 3600, ge=1, le=10 * 3600, description="A Spark task that runs longer is ended; 10 h at most"
    )
    landing_timeout_seconds: int = Field(default=24 * 3600, ge=1, description="A run waits at most so long for its day to land")

    @field_validator("catalog_uri")
    @classmethod
    def _without_credentials(cls, value: str) -> str:
        # It stands on every submit's command line, which all users of a machine can read.
        if re.search(r"//[^/]*@|[?&;](user|password)=", value, re.IGNORECASE):
            raise ValueError(
                "user and password do not belong here: set spark.sql.catalog.lake.jdbc.user and .password in MILLRACE_PROPERTIES_FILE"
            )
        return value

    @field_validator("landing_uri", "warehouse_uri", "work_uri", "reports_uri")
    @classmethod
    def _known_scheme(cls, value: str) -> str:
        if value and not re.match(r"file:/|s3a://[^/]", value):
            raise ValueError("write file:///folder or s3a://bucket/folder")
        return value

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator("home")
    @classmethod
    def _same_as_uri(cls, value: Path) -> Path:
        # Hadoop, fsspec and the JVM's options take an escaped URI as it stands and would look for a folder `a%20home`.
        if value.as_uri() != f"file://{value}":
            raise ValueError(
                f"{value} holds a character that URIs escape (such as a space or a letter beyond ASCII): choose another folder"
            )
        return value

    def uri(self, name: str) -> str:
        """The URI of a folder below home."""
        return (self.home / name).as_uri()

    @property
    def landing(self) -> str:
        return self.landing_uri or self.uri("landing")

    @property
    def warehouse(self) -> str:
        return self.warehouse_uri or self.uri("warehouse")

    @property
    def work(self) -> str:
        return self.work_uri or self.uri("work")

    @property
    def reports(self) -> str:
        return self.reports_uri or self.uri("reports")

    @property
    def erasure_key(self) -> Path:
        return self.erasure_key_file or self.home / "secrets/erasure.key"

    @property
    def stream_watermark_seconds(self) -> int:
        """How long before its newest request the stream counts one: no line that the daily chain takes in comes later."""
        return (self.late_days + 1) * 86400

    @property
    def uses_s3(self) -> bool:
        return any(uri.startswith("s3a://") for uri in (self.landing, self.warehouse, self.work, self.reports))

    @property
    def catalog(self) -> str:
        # WAL lets readers go on while one process writes; the others wait their turn instead of failing.
        return self.catalog_uri or f"jdbc:sqlite:{self.home}/catalog.db?journal_mode=WAL&busy_timeout=60000"


def make_command(settings: Settings, arguments: str) -> str:
    """A command for people to type, for the same home."""
    home = "" if settings.home == PROJECT / "var" else f" MILLRACE_HOME={settings.home}"
    return f"make {arguments}{home}"


def run_command(settings: Settings, day: str) -> str:
    """What people type to run a day again: for the same home, or in the folder of the containers' compose file."""
    if settings.in_containers:
        return f"""docker compose exec scheduler airflow dags trigger {DAG_ID} --conf '{{"day": "{day}"}}'"""
    return make_command(settings, f"run DAY={day}")


class Machine(BaseModel):
    """What the set-up found and made on this machine (`make setup` writes the file)."""

    java_home: str | None = None
    class_data_archive: str | None = None

    @classmethod
    def read(cls, path: Path = PROJECT / ".venv/millrace/environment.json") -> "Machine":
        return cls(**json.loads(path.read_text())) if path.is_file() else cls()


def variable(fault: Any) -> str:
    """The environment variable that was refused."""
    name = str(fault["loc"][0])
    return f"MILLRACE_{name.upper()}" if name in Settings.model_fields else name


def described(fault: Any) -> str | None:
    """What the refused setting means."""
    name = fault["loc"][0]
    return next(field.description for key, field in Settings.model_fields.items() if name in (key, field.validation_alias))


def shown(fault: Any) -> str:
    """The value that was refused, unless it may hold a password."""
    return "…" if fault["loc"][0] in ("catalog_uri", "AWS_ENDPOINT_URL") else str(fault["input"])


class SettingsError(ValueError):
    """Settings that cannot be used; the message names each by its environment variable and says what is accepted."""


def read_settings() -> Settings:
    """The settings of this environment. SettingsError: one is out of its bounds."""
    try:
        return Settings()
    except ValidationError as error:
        faults = [f"{variable(fault)}={shown(fault)}: {fault['msg']} ({described(fault)})" for fault in error.errors()]
        raise SettingsError("; ".join([*faults, "export another value, or unset it for the default"])) from error


@lru_cache
def settings() -> Settings:
    """The settings, read once a process."""
    return read_settings()
