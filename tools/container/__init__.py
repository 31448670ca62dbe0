"""What runs inside the containers of docker-compose.yaml besides Airflow and Spark themselves."""
