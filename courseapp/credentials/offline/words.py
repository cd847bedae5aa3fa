"""Every text of the offline page. What stands in braces is filled in by the page."""

from __future__ import annotations

from flask_babel import gettext as _


def texts() -> dict[str, str]:
    """Return all texts by name, in the language that is set."""
    return {**_page(), **_findings(), **_facts(), **_refusals()}


def _page() -> dict[str, str]:
    return {
        "title": _("Check a certificate offline"),
        "lead": _(
            "This page checks certificates of {issuer} without any connection. What you give it stays on this device."
        ),
        "needs_script": _("This page needs JavaScript to check a certificate."),
        "what_you_have": _("What do you have?"),
        "file": _("A file"),
        "file_hint": _(
            "The certificate (PDF), the badge (PNG or SVG) or the credential (JSON). You can also drop it "
            "anywhere on this page."
        ),
        "qr": _("The QR code of a certificate"),
        "qr_hint": _(
            "Point a phone’s camera at it, copy the text that the phone shows, and paste it here. It begins "
            "with https:// and is long."
        ),
        "qr_hint_scan": _(
            "Scan it, choose a picture of it above, or paste the text that is in it."
        ),
        "check": _("Check"),
        "scan": _("Scan with the camera"),
        "stop": _("Stop the camera"),
        "scanning": _("The camera is on. Hold the QR code in front of it."),
        "no_camera": _("The camera cannot be used. Paste the text of the QR code instead."),
        "list": _("Revoked and replaced certificates"),
        "list_until": _("This page knows what was revoked or replaced up to {date}."),
        "list_none": _("This page has no list that holds of what was revoked or replaced."),
        "list_old": _(
            "The list is {age} old. A certificate that was revoked since is not on it: get a newer list from "
            "the issuer, and give it to this page below."
        ),
        "list_newer": _("Give it a newer list"),
        "list_where": _("The issuer offers the signed list for download:"),
        "list_file": _("The list as a file"),
        "list_text": _("Or the list as text"),
        "list_use": _("Use this list"),
        "list_taken": _("The list of {date} is now used."),
        "list_rechecked": _("The certificate was checked again with it."),
        "list_older": _(
            "That list is not newer than the one that is used, of {date}. Nothing was changed."
        ),
        "list_refused": _("The list was not accepted."),
        "trusted": _("What this page relies on"),
        "trusted_hint": _(
            "This page is as good as the place that you have it from: take it from the issuer’s own site. "
            "Compare these fingerprints with those that the issuer publishes."
        ),
        "identifier": _("Identifier of the issuer"),
        "key_since": _("Key in use since {from}"),
        "key_between": _("Key in use from {from} to {to}"),
    }


def _findings() -> dict[str, str]:
    return {
        "valid": _("Valid as of {date}"),
        "valid_why": _(
            "The issuer signed it, nothing in it was changed, and it is not on the list of what was revoked "
            "or replaced."
        ),
        "revoked": _("Revoked on {date}"),
        "revoked_why": _("The issuer has taken this certificate back. Do not rely on it."),
        "replaced": _("Replaced on {date}"),
        "replaced_why": _(
            "The issuer has issued another one in its place. Ask for the newer certificate."
        ),
        "not_covered": _("Not covered: the list is older than the certificate"),
        "not_covered_at_all": _("Not covered: there is no list"),
        "not_covered_why": _(
            "The issuer signed it, and nothing in it was changed. Whether it was revoked since cannot be said: "
            "give this page a newer list."
        ),
        "refused": _("Not accepted"),
        "refused_hint": _(
            "Nothing is shown of what it says, since the issuer does not stand for it."
        ),
    }


def _facts() -> dict[str, str]:
    return {
        "holder": _("Name"),
        "course": _("Course"),
        "module": _("Module"),
        "done": _("What was done"),
        "completed_on": _("Completed on"),
        "issued_by": _("Issued by"),
        "issued_on": _("Issued on"),
        "code": _("Code"),
        "only_this": _(
            "Only what stands here was signed. Compare it with what the paper or the picture says."
        ),
        "fingerprint": _("Fingerprint of the issuer’s key"),
        "fingerprint_hint": _("You can compare it with the one that the issuer publishes."),
    }


def _refusals() -> dict[str, str]:
    return {
        "refused_nothing": _(
            "There is nothing to check yet: choose a file, or paste the text of the QR code."
        ),
        "refused_no_certificate": _("There is no certificate in it."),
        "refused_not_signed": _(
            "This is not the text of a certificate’s QR code, nor another signed text."
        ),
        "refused_address_only": _(
            "This is only an address or a code, without anything signed: it can be looked up on the issuer’s "
            "site, with a connection."
        ),
        "refused_too_large": _("The file is larger than any certificate (5 MB)."),
        "refused_several": _("There are several different certificates in it."),
        "refused_old_browser": _(
            "This browser is too old to look into this kind of file. Paste the text of the QR code instead."
        ),
        "refused_base64": _(
            "Its letters and digits are not as the issuer writes them: it is damaged, or was changed."
        ),
        "refused_json": _("What is in it cannot be read: it is damaged, or was changed."),
        "refused_named_twice": _("It says one thing twice, so that it could be read in two ways."),
        "refused_algorithm": _(
            "It is not signed in the way in which the issuer signs, or not at all."
        ),
        "refused_kind": _("It was signed to be something else."),
        "refused_key": _("It was not signed with any of the issuer’s keys that this page knows."),
        "refused_signature": _(
            "The signature does not hold: it was changed after it was signed, or not signed by the issuer."
        ),
        "refused_key_life": _("It is dated outside the time in which its key was in use."),
        "refused_code": _("Its code cannot be right: its last symbol does not fit the others."),
        "refused_swapped": _(
            "The address in the QR code is that of another certificate: the two do not belong together."
        ),
        "refused_no_proof": _("It has no signature of the kind that this page checks."),
        "refused_purpose": _("Its signature was made for another purpose."),
        "refused_context": _(
            "Its signature was made with other definitions of what its words mean."
        ),
        "refused_issuer": _(
            "It names another issuer than the one whose certificates this page checks."
        ),
        "refused_incomplete": _("It is signed, but something that has to be in it is missing."),
    }
