"""The front page, and the signed-in home: the systems one may enter."""
