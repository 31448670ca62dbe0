"""Stage aggregate: the marts of a day."""
