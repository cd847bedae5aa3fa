"""Certificates: issued once, signed, fixed from then on, and checkable without us.

Words: a *certificate* is a signed statement that a person completed a course, or a module of it; its *code* is
what a stranger types to verify it; its *credential* is the machine-readable form (Open Badges 3.0), which is also
*baked* into the *badge*, a picture; its *compact statement* is what the QR code carries; the *issuer key* is what
all of it is signed with; a *branding* is how an organization's certificates look.

`openbadge`, `proofs`, `compact` and `publishing` make what is signed; `verifying` checks what somebody brings, and
`offline` is a page that does so without any server; `pdf` with `typesetting`, `badges` and `baking` make what is taken
home; `artwork` and `colours` look at what organizations upload.
"""
