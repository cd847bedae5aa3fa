"""What accounts refuse."""

from flask_babel import lazy_gettext as _l

from courseapp.core.errors import DomainError, NotFound


class InvalidCredentials(DomainError):
    """E-mail and password do not fit together; nobody is told which of them is wrong."""

    status = 401
    code = "invalid_credentials"
    message = _l("This e-mail address and password do not fit together.")


class LinkNotUsable(NotFound):
    """A one-time link is unknown, used or too old: the three look the same."""

    code = "link_not_usable"
    message = _l("This link has been used already or is too old. Ask for a new one.")


class LastAdministrator(DomainError):
    """The site would be left without an administrator."""

    status = 409
    code = "last_administrator"
    message = _l(
        "You are the only administrator. Make somebody else an administrator before you leave."
    )


class EmailInUse(DomainError):
    """An administrator wants to create an account that exists. Never shown to the public."""

    status = 409
    code = "email_in_use"
    message = _l("There is an account with this e-mail address already.")


class OrganizationNotFound(NotFound):
    """There is no such organization, or not one that this person administers."""

    code = "organization_not_found"
    message = _l("We could not find this.")
