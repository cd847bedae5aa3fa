"""What can be done with accounts, one file for each part of their life."""

from courseapp.accounts.service.erasure import erase_person
from courseapp.accounts.service.links import (
    INVITATION_LASTS,
    create_link,
    mail_invitation,
    replace_first_administrator_link,
    request_password_reset,
    use_link,
)
from courseapp.accounts.service.people import (
    change_password,
    change_profile,
    confirm_name,
    create_first_administrator,
    create_person,
    set_password,
    sign_up,
)
from courseapp.accounts.service.roles import create_organization, grant_role
from courseapp.accounts.service.sign_in import (
    begin_sign_in,
    complete_sign_in,
    count_public_try,
    issue_token,
    revoke_token,
)

__all__ = [
    "INVITATION_LASTS",
    "begin_sign_in",
    "change_password",
    "change_profile",
    "complete_sign_in",
    "confirm_name",
    "count_public_try",
    "create_first_administrator",
    "create_link",
    "create_organization",
    "create_person",
    "erase_person",
    "grant_role",
    "issue_token",
    "mail_invitation",
    "replace_first_administrator_link",
    "request_password_reset",
    "revoke_token",
    "set_password",
    "sign_up",
    "use_link",
]
