-- Airflow and the lake's catalog: a database each, owned by a role that can do nothing elsewhere. Runs once, on an empty volume.
\set airflow_password `cat /run/secrets/airflow_database_password`
\set lake_password `cat /run/secrets/lake_database_password`
CREATE ROLE airflow LOGIN PASSWORD :'airflow_password';
CREATE ROLE lake LOGIN PASSWORD :'lake_password';
CREATE DATABASE airflow OWNER airflow;
CREATE DATABASE lake OWNER lake;
REVOKE ALL ON DATABASE airflow, lake, postgres, template1 FROM PUBLIC;
