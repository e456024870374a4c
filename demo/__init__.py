"""The demo: everything on one machine, with invented people. Never installed with the product."""
