"""What credentials refuse."""

from flask_babel import lazy_gettext as _l

from courseapp.core.errors import NotFound


class CertificateNotFound(NotFound):
    """No certificate has this code."""

    code = "certificate_not_found"
    message = _l("There is no certificate with this code. Compare it with the paper once more.")


class CertificateNotEarned(NotFound):
    """The course is not completed yet; `missing` says what is left to do."""

    code = "certificate_not_earned"
    message = _l("There is no certificate yet: something is left to do.")
