"""Connected systems: their registration, the roles they declare, who holds one, their tile in the portal."""
