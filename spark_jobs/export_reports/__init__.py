"""Stage 5: the reports of a day, made with Pandas from the published tables, and the record of their release."""
