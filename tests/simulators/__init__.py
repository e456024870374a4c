"""Programs that stand in for the outside world; each knows nothing of what it is tried with."""
