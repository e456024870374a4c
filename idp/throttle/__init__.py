"""Counting attempts and growing delays, shared by all nodes through the database."""
