"""QTI of others, read into neutral questions."""

from courseapp.interop.questions.qti.read.package import read

__all__ = ["read"]
