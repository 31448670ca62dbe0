"""What two releases of a day differ in, table by table."""
