"""The mail outbox, and codes and links that are bound to one purpose."""
