"""The register of offices: every unit, its supervision, its search, its open feed."""
