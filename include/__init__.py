"""What the DAGs share. Never imports pyspark: DAG files are parsed all day."""
