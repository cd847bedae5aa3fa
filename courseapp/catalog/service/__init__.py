"""What can be done with content: read it from files, check it, and publish it."""

from courseapp.catalog.content import load_content
from courseapp.catalog.service.publish import PublishReport, publish_course

__all__ = ["PublishReport", "load_content", "publish_course"]
