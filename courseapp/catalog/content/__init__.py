"""Content files: reading them into authored courses, and checking those as a whole."""

from courseapp.catalog.content.authored import AuthoredCourse
from courseapp.catalog.content.load import load_content

__all__ = ["AuthoredCourse", "load_content"]
