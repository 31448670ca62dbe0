"""For every expectation of every suite, the change to the good day that makes exactly it fail."""
