"""A demonstration: a database of its own with a cast at every stage of the course.

Everything is done through the services, as the people themselves would; only the clock is turned back.
"""
