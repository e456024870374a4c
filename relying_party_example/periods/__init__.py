"""The quarters in which reports are due: dates, opening, extensions, and who is expected to report."""
