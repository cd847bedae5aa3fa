"""The pages of certificates: the holder's, the verifier's, and those of whoever teaches."""

from courseapp.credentials.pages.branding import blueprint as branding
from courseapp.credentials.pages.own import blueprint as own
from courseapp.credentials.pages.published import blueprint as published
from courseapp.credentials.pages.teaching import blueprint as teaching
from courseapp.credentials.pages.verifying import blueprint as verifying

__all__ = ["branding", "own", "published", "teaching", "verifying"]
