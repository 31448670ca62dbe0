-- Airflow and the lake's catalog: a database each, owned by a role that can do nothing elsewhere. Runs once, on an empty volume.
\set airflow_password `cat /run/secrets/airflow_database_password`
\set lake_password `cat /run/secrets/lake_database_password`
CREATE ROLE airflow LOGIN PASSWORD :'airflow_password';
CREATE ROLE lake LOGIN PASSWORD :'lake_password';
-- Whatever the cluster's own encoding is: C.UTF-8 comes with PostgreSQL itself and sorts by bytes.
CREATE DATABASE airflow OWNER airflow TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin LOCALE 'C.UTF-8';
CREATE DATABASE lake OWNER lake TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE airflow, lake, postgres, template1 FROM PUBLIC;
