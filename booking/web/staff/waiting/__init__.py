"""The waiting list."""
