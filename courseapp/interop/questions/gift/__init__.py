"""GIFT, Moodle's format for questions that are typed: text files, with a few signs for answers.

It is read as Moodle reads it, also where that is strict: what Moodle would not import is not taken here either,
with a remark that says why.
"""
