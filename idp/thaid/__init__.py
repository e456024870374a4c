"""Federation with ThaID, the national eID of the Department of Provincial Administration (DOPA)."""
