"""Authored content: files are checked, published as immutable versions, and read.

Words: a *course* has *modules*, a module has *lessons* and one *quiz*, a quiz has *questions*. Each is a
lasting thing known by its *key*; each edition of it is a *version* that never changes. The texts of a
version are kept by language.
"""
