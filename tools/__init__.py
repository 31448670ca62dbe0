"""What the Makefile calls: set-up, doctor and the commands around a run."""
