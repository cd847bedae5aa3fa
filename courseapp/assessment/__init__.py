"""Quizzes as learners take them: attempts, responses and their grading.

Words: an *attempt* is one try at a quiz version, a *response* the answer to one of its questions. Each
kind of question is one file in `kinds/`.
"""
