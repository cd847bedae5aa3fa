"""Who takes which course: enrollments, alone or in a cohort that trainers follow.

Words: a *cohort* is a group of learners of an organization going through one course; an *enrollment* is
one person taking one course version.
"""
