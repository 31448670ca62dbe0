"""Which tables each stage's gate publishes, as Airflow assets."""

from airflow.sdk import Asset

TABLES = {
    "ingest": ("raw.requests", "raw.users", "raw.profiles", "raw.quarantine", "ops.ledger"),
    "enrich": ("core.activity",),
    "aggregate": (
        "mart.user_daily",
        "mart.young_by_gender",
        "mart.ip_users_daily",
        "mart.file_types_daily",
        "mart.top_users_by_window",
    ),
    "identities": ("mart.identities",),
}


def assets(stage: str) -> list[Asset]:
    return [Asset(name=name, uri=f"millrace://lake/{name.replace('.', '/')}") for name in TABLES[stage]]
