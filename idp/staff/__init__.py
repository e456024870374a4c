"""A unit's people: who they are, helping them, letting them go, inviting others, and what each sees of it."""
