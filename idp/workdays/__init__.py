"""The calendar of government offices: the days on which they work, and the holidays declared since."""
