"""Neutral questions written as content packages of QTI."""

from courseapp.interop.questions.qti.write.package import write_21, write_22, write_30

__all__ = ["write_21", "write_22", "write_30"]
