"""Measurements against the budgets; never installed with the product."""
