"""Facts from outside: the practice's schedule.toml and the country's bank holidays."""
