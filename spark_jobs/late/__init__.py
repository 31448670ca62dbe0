"""Late lines that wait for their day to be run again."""
