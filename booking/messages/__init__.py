"""Words that leave the house: calendar files."""
