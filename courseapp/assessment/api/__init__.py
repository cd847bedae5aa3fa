"""Quizzes for programs: taking them, and what trainers and administrators do."""

from courseapp.assessment.api.taking import blueprint as taking
from courseapp.assessment.api.teaching import blueprint as teaching

__all__ = ["taking", "teaching"]
