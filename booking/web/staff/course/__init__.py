"""Courses of several appointments."""
