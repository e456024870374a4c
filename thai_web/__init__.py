"""The web frame that the provider and INFO share, and that another team may take over: it imports neither of them."""
