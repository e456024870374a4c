"""Read-only questions over the other rooms: each person's home, the board of a province, the country."""
