"""Measurements: `make bench` prints the budgets of the project with the measured figures beside them."""
