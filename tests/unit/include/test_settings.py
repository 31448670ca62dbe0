from pathlib import Path

import pytest

from include.settings import PROJECT, Machine, Settings, SettingsError, read_settings


def test_without_an_environment_all_lies_below_var() -> None:
    settings = read_settings()
    assert settings.home == PROJECT / "var"
    assert settings.landing == (PROJECT / "var/landing").as_uri()
    assert settings.warehouse == (PROJECT / "var/warehouse").as_uri()
    assert settings.catalog.startswith(f"jdbc:sqlite:{PROJECT}/var/catalog.db?")


def test_home_moves_everything_below_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MILLRACE_HOME", str(tmp_path))
    settings = read_settings()
    assert [settings.landing, settings.warehouse, settings.work, settings.reports] == [
        f"file://{tmp_path}/{name}" for name in ("landing", "warehouse", "work", "reports")
    ]


def test_a_relative_home_is_one_folder_for_processes_that_start_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MILLRACE_HOME", "runs/../data")
    assert read_settings().home == tmp_path / "data"


@pytest.mark.parametrize("name", ["a home", "50%", "größe", "a#b", "a?b"])
def test_a_home_that_a_uri_would_escape_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setenv("MILLRACE_HOME", str(tmp_path / name))
    with pytest.raises(SettingsError, match="holds a character that URIs escape"):
        read_settings()


def test_uris_of_other_stores_are_taken_as_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILLRACE_LANDING_URI", "s3a://bucket/landing")
    monkeypatch.setenv("MILLRACE_WAREHOUSE_URI", "s3a://bucket/warehouse")
    monkeypatch.setenv("MILLRACE_CATALOG_URI", "jdbc:postgresql://db/lake")
    settings = read_settings()
    assert (settings.landing, settings.warehouse) == ("s3a://bucket/landing", "s3a://bucket/warehouse")
    assert settings.catalog == "jdbc:postgresql://db/lake"


@pytest.mark.parametrize("uri", ["s3://bucket/landing", "s3a://", "/data/landing", "landing", "hdfs://name/landing"])
def test_a_place_that_spark_or_airflow_would_misread_is_refused(monkeypatch: pytest.MonkeyPatch, uri: str) -> None:
    monkeypatch.setenv("MILLRACE_LANDING_URI", uri)
    with pytest.raises(SettingsError, match=r"MILLRACE_LANDING_URI=.*write file:///folder or s3a://bucket/folder"):
        read_settings()


def test_where_the_buckets_are_is_said_by_the_variables_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://s3.example.org")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/run/secrets/aws")
    found = read_settings()
    assert (found.s3_endpoint, found.s3_region, found.s3_credentials_file) == ("https://s3.example.org", "eu-central-1", "/run/secrets/aws")


@pytest.mark.parametrize("uri", ["s3.example.org", "https://user:hidden@s3.example.org"])
def test_a_wrong_endpoint_is_refused_by_its_variable(monkeypatch: pytest.MonkeyPatch, uri: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", uri)
    with pytest.raises(SettingsError, match=r"AWS_ENDPOINT_URL=…: .*\(An S3 service other than Amazon's own\)") as refused:
        read_settings()
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    "uri", ["jdbc:postgresql://lake:hidden@db/lake", "jdbc:postgresql://db/lake?user=lake&password=hidden", "jdbc:x://db;password=hidden"]
)
def test_a_catalog_with_credentials_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch, uri: str) -> None:
    monkeypatch.setenv("MILLRACE_CATALOG_URI", uri)
    with pytest.raises(SettingsError, match="MILLRACE_PROPERTIES_FILE") as refused:
        read_settings()
    assert "hidden" not in str(refused.value)


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILLRACE_HOME", "")
    monkeypatch.setenv("MILLRACE_LATE_DAYS", "")
    assert (read_settings().home, read_settings().late_days) == (PROJECT / "var", 2)


@pytest.mark.parametrize(
    ("name", "lowest", "highest"),
    [("late_days", "0", "31"), ("max_quarantined_share", "0", "1"), ("young_below_years", "0", "150")],
)
def test_bounds_are_inclusive(monkeypatch: pytest.MonkeyPatch, name: str, lowest: str, highest: str) -> None:
    for text in (lowest, highest):
        monkeypatch.setenv(f"MILLRACE_{name.upper()}", text)
        assert getattr(read_settings(), name) == float(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("LATE_DAYS", "-1"),
        ("LATE_DAYS", "32"),
        ("LATE_DAYS", "x"),
        ("LATE_DAYS", "1.5"),
        ("MAX_QUARANTINED_SHARE", "1.01"),
        ("MAX_QUARANTINED_SHARE", "nan"),
        ("MAX_LINE_BYTES", "0"),
        ("MAX_USERS_PER_IP", "0"),
        ("DRIVER_MEMORY", "3 GB"),
        ("DRIVER_MEMORY", "0g"),
        ("SPARK_SLOTS", "0"),
    ],
)
def test_a_value_out_of_bounds_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setenv(f"MILLRACE_{name}", text)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert str(refused.value).startswith(f"MILLRACE_{name}={text}: ")
    assert "unset it for the default" in str(refused.value)


def test_all_wrong_settings_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILLRACE_LATE_DAYS", "x")
    monkeypatch.setenv("MILLRACE_RETRIES", "-1")
    with pytest.raises(SettingsError, match=r"MILLRACE_LATE_DAYS=x.*MILLRACE_RETRIES=-1"):
        read_settings()


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_a_machine_that_was_not_set_up_has_no_java_home_of_its_own(tmp_path: Path) -> None:
    assert Machine.read(tmp_path / "environment.json") == Machine(java_home=None, class_data_archive=None)


def test_the_machine_is_what_the_set_up_wrote(tmp_path: Path) -> None:
    (tmp_path / "environment.json").write_text('{"java_home": "/java", "class_data_archive": "/spark.jsa"}')
    assert Machine.read(tmp_path / "environment.json") == Machine(java_home="/java", class_data_archive="/spark.jsa")


def test_the_streams_watermark_is_behind_every_late_line() -> None:
    assert Settings(late_days=0).stream_watermark_seconds == 86400
    assert Settings(late_days=31).stream_watermark_seconds == 32 * 86400
