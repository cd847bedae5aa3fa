"""The pages of accounts: signing up, in and out, a forgotten password, and one's own data."""

from __future__ import annotations

from flask import (
    Blueprint,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courseapp.accounts import passwords, service
from courseapp.accounts.authentication import authenticate, confirm_password, open_account
from courseapp.accounts.doors import (
    current_actor,
    end_session,
    interface_language,
    is_signed_in,
    remember_device,
    remote_address,
    start_session,
)
from courseapp.accounts.errors import EmailInUse, InvalidCredentials, LinkNotUsable
from courseapp.accounts.queries import get_actor, get_usable_link
from courseapp.accounts.schemas import (
    CredentialsSchema,
    DeletionSchema,
    EmailSchema,
    NewPasswordSchema,
    PasswordChangeSchema,
    ProfileSchema,
    SignUpSchema,
)
from courseapp.accounts.types import LANGUAGES, LinkPurpose
from courseapp.core import clock
from courseapp.core.db import snapshot, transaction
from courseapp.core.errors import DomainError, InvalidInput, TooManyRequests
from courseapp.core.http.access import public, signed_in
from courseapp.core.http.addresses import leads_off_the_site, public_url
from courseapp.core.http.forms import Form, read_form

blueprint = Blueprint("accounts", __name__, template_folder="templates")


@blueprint.get("/sign-up")
@public
def sign_up() -> ResponseReturnValue:
    """Show the form that opens an account."""
    if is_signed_in():
        return redirect(_next_page())
    return _page("sign_up", Form(values={"locale": interface_language()}))


@blueprint.post("/sign-up")
@public
def create_account() -> ResponseReturnValue:
    """Open an account; what the visitor sees is the same when there is one already."""
    form = read_form(SignUpSchema())
    if form.errors:
        return _page("sign_up", form, 422)
    open_account(**form.data)
    flash(
        _(
            "Your account is ready: sign in with the address and password that you have just chosen. "
            "If you had an account before, its old password still holds."
        )
    )
    return redirect(url_for(".sign_in", next=request.args.get("next")))


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Show the sign-in form."""
    if is_signed_in():
        return redirect(_next_page())
    return _page("sign_in", Form())


@blueprint.post("/sign-in")
@public
def create_session() -> ResponseReturnValue:
    """Sign a person in."""
    form = read_form(CredentialsSchema())
    if form.errors:
        return _page("sign_in", form, 422)
    try:
        person_id = authenticate(form.data["email"], form.data["password"])
    except (InvalidCredentials, TooManyRequests) as refusal:
        return _refused("sign_in", form, refusal)
    start_session(person_id)
    response = redirect(_next_page())
    remember_device(response, form.data["email"])
    return response


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """Sign the person out on this browser; saying so twice is no error."""
    end_session()
    flash(_("You are signed out."))
    return redirect("/")


@blueprint.get("/forgotten-password")
@public
def forgotten_password() -> ResponseReturnValue:
    """Show the form that asks for a new password."""
    return _page("forgotten_password", Form())


@blueprint.post("/forgotten-password")
@public
def request_password_reset() -> ResponseReturnValue:
    """Mail a link, if there is such an account; the answer does not tell."""
    form = read_form(EmailSchema())
    if form.errors:
        return _page("forgotten_password", form, 422)
    with transaction() as session:
        at = clock.now()
        service.count_public_try(
            session, act="reset", address=remote_address(), email=form.data["email"], at=at
        )
        service.request_password_reset(
            session,
            email=form.data["email"],
            locale=interface_language(),
            link_url=public_url("accounts.use_link", token="TOKEN"),  # noqa: S106  # a place for one
            at=at,
        )
    flash(
        _(
            "If there is an account with this address, a link is on its way to it. "
            "It works for one hour."
        )
    )
    return redirect(url_for(".sign_in"))


@blueprint.get("/links/<token>")
@public
def use_link(token: str) -> ResponseReturnValue:
    """Show what a one-time link is for. It is used up by the form only, never by looking at it."""
    with snapshot() as session:
        link = get_usable_link(session, token, at=clock.now())
        person = get_actor(session, link.person_id) if link.person_id else None
    # A reset asked for with an unknown address has a row but nobody to set a password for.
    if person is None and link.purpose is not LinkPurpose.FIRST_ADMINISTRATOR:
        raise LinkNotUsable
    name = person.name if person else None
    return _link_page(link.purpose, Form(values={"locale": "en"}), person_name=name)


@blueprint.post("/links/<token>")
@public
def follow_link(token: str) -> ResponseReturnValue:
    """Do what a one-time link is for."""
    with snapshot() as session:
        purpose = get_usable_link(session, token, at=clock.now()).purpose
    match purpose:
        case LinkPurpose.FIRST_ADMINISTRATOR:
            return _set_up_site(token)
        case LinkPurpose.SET_PASSWORD:
            return _set_password(token)
        case LinkPurpose.SIGN_IN:
            with transaction() as session:
                link = service.use_link(session, token, LinkPurpose.SIGN_IN, at=clock.now())
            if link.person_id is None:
                raise LinkNotUsable
            start_session(link.person_id)
            return redirect(_next_page())


@blueprint.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    """Show a person what she can change about herself."""
    return _account_page()


@blueprint.post("/account/profile")
@signed_in
def change_profile() -> ResponseReturnValue:
    """Change one's own name and language."""
    form = read_form(ProfileSchema())
    if form.errors:
        return _account_page(profile=form), 422
    with transaction() as session:
        service.change_profile(session, current_actor(), **form.data, at=clock.now())
    flash(_("Saved."))
    return redirect(url_for(".account"))


@blueprint.post("/account/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Change one's own password; every other device is signed out."""
    actor = current_actor()
    form = read_form(PasswordChangeSchema())
    if form.errors:
        return _account_page(password=form), 422
    try:
        confirm_password(actor, form.data["current_password"])
    except InvalidInput as error:
        return _account_page(password=form.with_errors(error)), 422
    password_hash = passwords.hash_password(form.data["password"])
    with transaction() as session:
        service.change_password(session, actor, password_hash=password_hash, at=clock.now())
    start_session(actor.id)
    flash(_("Your password is changed. On other devices you are signed out."))
    return redirect(url_for(".account"))


@blueprint.post("/account/deletion")
@signed_in
def delete_account() -> ResponseReturnValue:
    """Delete one's own account and everything in it."""
    actor = current_actor()
    form = read_form(DeletionSchema())
    if form.errors:
        return _account_page(deletion=form), 422
    try:
        confirm_password(actor, form.data["current_password"])
        with transaction() as session:
            service.erase_person(session, actor, at=clock.now())
    except InvalidInput as error:
        return _account_page(deletion=form.with_errors(error)), 422
    end_session()
    flash(_("Your account is deleted, with everything in it."))
    return redirect("/")


def _set_up_site(token: str) -> ResponseReturnValue:
    form = read_form(SignUpSchema())
    if form.errors:
        return _link_page(LinkPurpose.FIRST_ADMINISTRATOR, form), 422
    data = form.data
    password_hash = passwords.hash_password(data["password"])
    at = clock.now()
    try:
        with transaction() as session:
            service.use_link(session, token, LinkPurpose.FIRST_ADMINISTRATOR, at=at)
            person_id = service.create_first_administrator(
                session,
                email=data["email"],
                name=data["name"],
                locale=data["locale"],
                password_hash=password_hash,
                at=at,
            )
    except EmailInUse as error:
        taken = form.with_errors(InvalidInput({"email": [error]}))
        return _link_page(LinkPurpose.FIRST_ADMINISTRATOR, taken), 422
    start_session(person_id)
    flash(_("Welcome. You are the administrator of this site."))
    return redirect(url_for(".account"))


def _set_password(token: str) -> ResponseReturnValue:
    form = read_form(NewPasswordSchema())
    if form.errors:
        return _link_page(LinkPurpose.SET_PASSWORD, form), 422
    password_hash = passwords.hash_password(form.data["password"])
    with transaction() as session:
        link = service.use_link(session, token, LinkPurpose.SET_PASSWORD, at=clock.now())
        if link.person_id is None:
            raise LinkNotUsable
        service.set_password(
            session,
            link.person_id,
            password_hash=password_hash,
            by=link.person_id,
            at=clock.now(),
        )
        email = get_actor(session, link.person_id).email
    start_session(link.person_id)
    flash(_("Your password is set, and you are signed in."))
    response = redirect(_next_page())
    remember_device(response, email)
    return response


def _page(name: str, form: Form, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        f"accounts/{name}.html", form=form, languages=LANGUAGES, next=request.args.get("next")
    )
    return page, status


def _refused(name: str, form: Form, refusal: DomainError) -> ResponseReturnValue:
    page = render_template(
        f"accounts/{name}.html",
        form=form,
        languages=LANGUAGES,
        next=request.args.get("next"),
        refusal=refusal,
    )
    return page, refusal.status, dict(refusal.headers)


def _link_page(purpose: LinkPurpose, form: Form, *, person_name: str | None = None) -> str:
    return render_template(
        f"accounts/link_{purpose}.html", form=form, languages=LANGUAGES, person_name=person_name
    )


def _account_page(
    *, profile: Form | None = None, password: Form | None = None, deletion: Form | None = None
) -> str:
    actor = current_actor()
    return render_template(
        "accounts/account.html",
        actor=actor,
        languages=LANGUAGES,
        profile=profile or Form(values={"name": actor.name, "locale": actor.locale}),
        password=password or Form(),
        deletion=deletion or Form(),
    )


def _next_page() -> str:
    """Return where to go after signing in: the page that was asked for, on this site only."""
    target = request.args.get("next", "")
    return url_for("learning.my_courses") if leads_off_the_site(target) else target
