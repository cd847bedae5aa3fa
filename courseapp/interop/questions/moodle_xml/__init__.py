"""Moodle XML, in which Moodle keeps whole question banks, with pictures.

Most of what it holds has a counterpart here; what has none is said in a remark, unless it is what Moodle
writes anyway. What we have and Moodle does not (keys of options, sources) is written where Moodle looks past it.
"""
