"""Formats and protocols of others, one small folder each."""
