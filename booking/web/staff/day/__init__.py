"""The day: diary, list and paper, and what is done to an appointment."""
