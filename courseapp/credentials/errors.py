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


class NameNotConfirmed(DomainError):
    """The course is completed, and the learner has not said yet that her name is right."""

    status = 409
    code = "name_not_confirmed"
    message = _l("Before the first certificate, say that your name is right.")


class AlreadyCertified(DomainError):
    """There is a certificate that holds."""

    status = 409
    code = "already_certified"
    message = _l("There is a certificate that holds already.")


class CertificateNotValid(DomainError):
    """A certificate that holds no more is neither revoked nor replaced again."""

    status = 409
    code = "certificate_not_valid"
    message = _l("This certificate was revoked or replaced already.")


class BrandingNotFound(NotFound):
    """No such branding, or not in an organization that the person administers."""

    code = "branding_not_found"
    message = _l("We could not find this.")
