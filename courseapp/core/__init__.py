"""What every feature stands on, and what knows no feature.

The database, ids, the clock, errors, events, the outbox, paging, Markdown and HTTP.
"""
