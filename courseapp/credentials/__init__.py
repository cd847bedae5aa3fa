"""Certificates: issued once, signed, and fixed from then on.

Words: a *certificate* is a signed statement that a person completed a course; its *code* is what a
stranger types to verify it; the *issuer key* is what it is signed with.
"""
