"""Which evidence is asked of whom: kinds of documents and requirements, kept by DLA."""
