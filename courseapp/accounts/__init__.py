"""People: accounts, sign-in, organizations and the roles in them.

Words: a *person* has an account; the *actor* is the person on whose behalf something is done; an
*organization* is a union; a *role* says what a person may do in an organization, or on the whole site.
"""
