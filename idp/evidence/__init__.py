"""The document vault: uploads judged by content, rebuilt as page images, encrypted under a key each."""
