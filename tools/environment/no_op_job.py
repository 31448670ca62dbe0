"""Does nothing: submitting it makes spark-submit fetch the packages that it is given."""
