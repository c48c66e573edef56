"""Between people and data: codes, dates and times as sentences, and sentences as dates and times."""
