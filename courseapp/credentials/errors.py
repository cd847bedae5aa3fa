"""What credentials refuse."""

from flask_babel import lazy_gettext as _l

from courseapp.core.errors import DomainError, NotFound


class CertificateNotFound(NotFound):
    """No certificate has this code."""

    code = "certificate_not_found"
    message = _l("There is no certificate with this code. Compare it with the paper once more.")


class CertificateRevoked(DomainError):
    """The enrollment's certificate was revoked: asking again issues no other one."""

    status = 409
    code = "certificate_revoked"
    message = _l("The certificate of this course was revoked. Ask the issuer why.")


class CertificateNotEarned(NotFound):
    """The course is not completed yet; `missing` says what is left to do."""

    code = "certificate_not_earned"
    message = _l("There is no certificate yet: something is left to do.")
