"""Reads of the canteen."""
