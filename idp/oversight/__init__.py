"""Pages of district, province, DLA and auditor: how the units below stand, and the record of decisions. Reads only."""
