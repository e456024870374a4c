"""The frame around every page; knows no domain word."""
