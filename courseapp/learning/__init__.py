"""The learner's own way: lessons read, progress, completion, and what is next.

Words: *progress* is what is done of what the course asks for; a course is *completed* when nothing is
missing. One function, `rules.compute_progress`, decides both, for every page, the API and certificates.
"""
