"""One search over all that a viewer may find elsewhere: people, requests, units, systems."""
