import sys
from pathlib import Path
from typing import Any

import pytest

from include.settings import PROJECT, Machine, Settings
from include.submit import java_options, spark_conf, submit_arguments, with_quick_compiler


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, shuffle_partitions=3, driver_memory="512m")


def test_the_catalog_and_the_warehouse_come_from_the_settings(settings: Settings, tmp_path: Path) -> None:
    conf = spark_conf(settings, Machine())
    assert conf["spark.sql.catalog.lake.warehouse"] == f"file://{tmp_path}/warehouse"
    assert conf["spark.sql.catalog.lake.uri"].startswith(f"jdbc:sqlite:{tmp_path}/catalog.db")
    assert conf["spark.sql.shuffle.partitions"] == "3"


def test_a_database_across_a_network_is_not_waited_for_without_end(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    elsewhere = settings.model_copy(update={"catalog_uri": "jdbc:postgresql://db/lake"})
    name = "spark.sql.catalog.lake.jdbc.socketTimeout"
    assert spark_conf(elsewhere, Machine())[name] == "120" and name not in spark_conf(settings, Machine())


def test_driver_and_executors_run_this_python_on_this_code(settings: Settings) -> None:
    arguments = submit_arguments(settings, Machine())
    assert arguments["conf"]["spark.pyspark.python"] == sys.executable
    assert arguments["conf"]["spark.executorEnv.PYTHONPATH"] == str(PROJECT)
    assert arguments["env_vars"]["PYTHONPATH"] == str(PROJECT)


def test_every_property_is_text_and_none_looks_like_a_secret(settings: Settings) -> None:
    # What stands on a command line shows in the process list.
    for name, value in submit_arguments(settings, Machine())["conf"].items():
        assert isinstance(value, str), name
        for word in ("password", "secret", "token", "credential", "access.key"):
            assert word not in f"{name}={value}".lower()


def test_the_jvm_gets_the_collector_and_our_log_layout(settings: Settings) -> None:
    options = spark_conf(settings, Machine())["spark.driver.extraJavaOptions"].split()
    layout = (PROJECT / "include/spark/log4j2.properties").as_uri()
    assert options == ["-XX:+UseSerialGC", f"-Dlog4j2.configurationFile={layout}", "-Dmillrace.log.level=warn"]
    assert (PROJECT / "include/spark/log4j2.properties").is_file()


def test_a_class_data_archive_is_used_where_there_is_one(settings: Settings) -> None:
    assert "-XX:SharedArchiveFile=/venv/spark.jsa" in java_options(settings, Machine(class_data_archive="/venv/spark.jsa")).split()
    assert "SharedArchiveFile" not in java_options(settings, Machine(class_data_archive=None))


def test_on_a_cluster_the_executors_take_their_share_and_start_as_the_driver_does(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, master="spark://127.0.0.1:7077", max_cores=4, executor_cores=2, executor_memory="2g")
    conf = submit_arguments(settings, Machine(class_data_archive="/venv/spark.jsa"))["conf"]
    assert (conf["spark.cores.max"], conf["spark.executor.cores"], conf["spark.executor.memory"]) == ("4", "2", "2g")
    executor, driver = conf["spark.executor.extraJavaOptions"].split(), conf["spark.driver.extraJavaOptions"].split()
    assert "-XX:SharedArchiveFile=/venv/spark.jsa" in executor
    assert driver == executor
    assert "spark.cores.max" not in submit_arguments(Settings(home=tmp_path), Machine())["conf"]


def test_buckets_are_told_to_hadoop_and_to_the_executors_python(tmp_path: Path) -> None:
    buckets: dict[str, Any] = {
        "s3_endpoint": "http://127.0.0.1:9000",
        "s3_region": "eu-central-1",
        "s3_credentials_file": "/run/secrets/aws",
    }
    conf = spark_conf(Settings(home=tmp_path, landing_uri="s3a://bucket/landing", **buckets), Machine())
    assert conf["spark.executorEnv.AWS_SHARED_CREDENTIALS_FILE"] == "/run/secrets/aws"
    assert conf["spark.hadoop.fs.s3a.endpoint"] == conf["spark.executorEnv.AWS_ENDPOINT_URL"] == "http://127.0.0.1:9000"
    assert conf["spark.hadoop.fs.s3a.endpoint.region"] == conf["spark.executorEnv.AWS_DEFAULT_REGION"] == "eu-central-1"
    assert conf["spark.hadoop.fs.s3a.path.style.access"] == "true"


def test_amazons_own_buckets_have_a_host_name_each(tmp_path: Path) -> None:
    conf = spark_conf(Settings(home=tmp_path, warehouse_uri="s3a://bucket/warehouse", s3_endpoint=""), Machine())
    assert "spark.hadoop.fs.s3a.endpoint" not in conf and "spark.hadoop.fs.s3a.path.style.access" not in conf
    assert not [name for name in spark_conf(Settings(home=tmp_path), Machine()) if "s3a" in name]


def test_the_quick_compiler_is_every_jvms_and_changes_nothing_else(tmp_path: Path) -> None:
    conf = spark_conf(Settings(home=tmp_path, master="spark://127.0.0.1:7077"), Machine())
    quick = with_quick_compiler(conf)
    changed = {name: quick[name].removeprefix(conf[name]) for name in conf if quick[name] != conf[name]}
    assert changed == dict.fromkeys(("spark.driver.extraJavaOptions", "spark.executor.extraJavaOptions"), " -XX:TieredStopAtLevel=1")


def test_java_home_is_set_only_where_the_set_up_chose_one(settings: Settings) -> None:
    assert submit_arguments(settings, Machine(java_home="/java"))["env_vars"]["JAVA_HOME"] == "/java"
    assert "JAVA_HOME" not in submit_arguments(settings, Machine())["env_vars"]


def test_a_submit_is_in_client_mode_with_the_memory_of_the_settings(settings: Settings) -> None:
    arguments = submit_arguments(settings, Machine())
    assert (arguments["deploy_mode"], arguments["driver_memory"]) == ("client", "512m")
