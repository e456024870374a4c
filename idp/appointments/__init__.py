"""Powers that people hold here, each carried by a dated letter of assignment."""
