# One image for all of Airflow, the drivers, the Spark daemons and the executors: their Python and packages must be the same.
FROM debian:trixie-slim AS base
RUN apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends ca-certificates openjdk-21-jre-headless python3 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/millrace

# What changes rarely: the pinned packages, the jars and the class-data archive, by the same set-up as outside of containers.
FROM base AS packages
RUN apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends python3-venv \
    && rm -rf /var/lib/apt/lists/*
# An index of your own, if there is one: a URL, and a file of certificates that the base image trusts already.
ARG PIP_INDEX_URL
ARG UV_DEFAULT_INDEX
ARG DEFAULT_ARTIFACT_REPOSITORY
COPY requirements.txt requirements-server.txt requirements-bootstrap.txt requirements-java.txt ./
COPY tools/__init__.py tools/setup.py tools/jars.toml tools/
COPY tools/environment tools/environment
RUN python3 -E -m tools.setup --level server

FROM base
ARG MILLRACE_UID=10001
RUN useradd --uid "$MILLRACE_UID" --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin millrace \
    && install -d -o millrace -g millrace /data/landing /data/lake /data/reports /data/logs /data/events /data/scratch /data/postgres /run/millrace
COPY --from=packages /opt/millrace/.venv .venv
ENV PATH=/opt/millrace/.venv/bin:$PATH \
    PYTHONPATH=/opt/millrace \
    PYTHONDONTWRITEBYTECODE=1 \
    SPARK_HOME=/opt/millrace/.venv/lib/python3.13/site-packages/pyspark \
    PYSPARK_PYTHON=/opt/millrace/.venv/bin/python \
    PYSPARK_DRIVER_PYTHON=/opt/millrace/.venv/bin/python \
    AIRFLOW_HOME=/run/airflow \
    MILLRACE_HOME=/data
# What changes often comes last, compiled, so that a change of code rebuilds in seconds.
COPY . ./
RUN python3 -m compileall -q dags include spark_jobs tools
USER millrace
ENTRYPOINT ["/opt/millrace/tools/container/entrypoint.sh"]
