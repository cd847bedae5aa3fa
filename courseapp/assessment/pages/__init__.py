"""The pages of quizzes: taking them, and what trainers and administrators do."""

from courseapp.assessment.pages.statistics import blueprint as statistics
from courseapp.assessment.pages.taking import blueprint as taking
from courseapp.assessment.pages.teaching import blueprint as teaching

__all__ = ["statistics", "taking", "teaching"]
