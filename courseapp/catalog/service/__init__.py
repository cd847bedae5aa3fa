"""What can be done with content: publish it."""

from courseapp.catalog.service.publish import PublishReport, publish_course

__all__ = ["PublishReport", "publish_course"]
