"""Factors, sign-in sessions, activation of a new account."""
