"""What is kept, and how: the only room that knows SQL.

`database` opens it and holds the locks, `models` are the tables, `diary` is appointments and holds
and their claims on time, `people` patients and staff, `audit` who did what.
"""
