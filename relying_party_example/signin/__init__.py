"""Signing in at the central provider, the session that follows, and the guards of every page."""
