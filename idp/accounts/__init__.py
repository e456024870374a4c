"""People who may sign in: names, contact, national ID, postings, status."""
