"""Patients: found, looked at, corrected, merged."""
