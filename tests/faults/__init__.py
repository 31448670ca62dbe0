"""What the lake promises, under faults at named points and from outside; `make faults` prints the matrix."""
