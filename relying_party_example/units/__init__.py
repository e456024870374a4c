"""The register of offices as INFO needs it, taken from the provider's open feed; knows nothing of people."""
