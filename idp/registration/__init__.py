"""A person asks for access and proves it: a record of its own, never a half-made account."""
