"""The queue, the dossier and the decision over a registration."""
