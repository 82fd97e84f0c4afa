"""Runs on a page: start, pause, watch, compare, and what they cost."""
