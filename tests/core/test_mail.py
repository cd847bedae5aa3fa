"""A mail leaves as a private file, or through a mail server that is who it says it is; never with extra headers."""

import email
import email.policy
import smtplib
import ssl
import stat
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from courseapp.core import clock
from courseapp.core.ids import new_id
from courseapp.core.mail import FileTransport, Mail, SmtpTransport, choose_transport, compose

SENDER = "courses@union.example"


def a_mail(**changes) -> Mail:
    values = {
        "id": new_id(),
        "to": "alice@union.example",
        "subject": "Möbel: a new password",
        "text": "Hello,\n\nhttps://learn.example/links/abc\n",
        **changes,
    }
    return Mail(**values)


def text_of(message: EmailMessage) -> str:
    """Return the text with plain line ends, whatever they were on the way."""
    return message.get_content().replace("\r\n", "\n")


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_composed_mail_says_who_to_whom_and_that_a_machine_wrote_it():
    mail = a_mail()
    message = read(compose(mail, SENDER).as_bytes())

    assert message["From"] == SENDER
    assert message["To"] == mail.to
    assert message["Subject"] == mail.subject
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == f"<{mail.id}@union.example>"
    assert message["Date"].datetime is not None
    assert text_of(message) == mail.text


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Hello\nBcc: everybody@union.example"},
        {"subject": "Hello\r\nBcc: everybody@union.example"},
        {"to": "alice@union.example\nBcc: everybody@union.example"},
        {"to": "alice@union.example\r\n\r\nAnother text"},
        {"to": "alice@union.example\n"},
        {"subject": "Hello\n"},
        {"to": "alice@union.example, bola@union.example"},
    ],
)
def test_a_line_break_or_a_second_address_does_not_get_into_the_headers(changes):
    with pytest.raises(ValueError):  # noqa: PT011  # each part of email says it in its own words
        compose(a_mail(**changes), SENDER)


@pytest.mark.parametrize("to", ["jürgen@holz.example", "ayşe@müze.example", "名前@例え.example"])
def test_an_address_in_any_script_is_kept_as_it_is(to):
    assert read(compose(a_mail(to=to), SENDER).as_bytes())["To"] == to


def test_without_a_mail_server_each_mail_is_a_file_that_only_we_can_read(tmp_path: Path):
    transport = choose_transport("", SENDER, tmp_path)
    mail = a_mail()
    transport.send(mail)

    (path,) = (tmp_path / "mail").iterdir()
    assert path.name == f"{mail.id}.eml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert text_of(read(path.read_bytes())) == mail.text


def test_sending_a_mail_again_leaves_one_file(tmp_path: Path):
    mail = a_mail()
    for _ in range(2):
        FileTransport(tmp_path, SENDER).send(mail)

    assert len(list(tmp_path.iterdir())) == 1


class Inbox:
    """What a real SMTP server does with the mails that it is given."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802  # aiosmtpd calls it
        if self.answer.startswith("250"):
            self.received.append(read(envelope.content))
            self.recipients += envelope.rcpt_tos
        return self.answer


class Server(Controller):
    """A mail server on this machine, on a port that is free."""

    def __init__(self, inbox: Inbox, **options) -> None:
        self._options = options
        super().__init__(inbox, hostname="127.0.0.1", port=0)

    def factory(self) -> SMTP:
        return SMTP(self.handler, enable_SMTPUTF8=True, **self._options)

    def _trigger_server(self) -> None:
        # Port 0 lets the system choose; aiosmtpd would knock at the port that it was given.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def serve(inbox: Inbox):
    """Start mail servers with options of the test's choice, and stop them at its end."""
    started: list[Server] = []

    def start(**options) -> int:
        server = Server(inbox, **options)
        server.start()
        started.append(server)
        return server.port

    yield start
    for server in started:
        server.stop()


def test_a_mail_server_is_handed_the_whole_mail(inbox, serve):
    transport = choose_transport(f"smtp://127.0.0.1:{serve()}", SENDER, Path("unused"))
    mail = a_mail()
    transport.send(mail)

    (received,) = inbox.received
    assert inbox.recipients == ["alice@union.example"]
    assert received["Subject"] == mail.subject
    assert received["Message-ID"] == f"<{mail.id}@union.example>"
    assert text_of(received) == mail.text


# aiosmtpd's advice to whoever runs a server.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
def test_user_and_password_of_the_address_are_shown_to_the_server(inbox, serve):
    shown = []

    def authenticate(_server, _session, _envelope, _mechanism, data):
        shown.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss:word/", handled=False)

    port = serve(authenticator=authenticate, auth_required=True, auth_require_tls=False)
    SmtpTransport(f"smtp://us%40er:p%40ss%3Aword%2F@127.0.0.1:{port}", SENDER).send(a_mail())

    assert shown == [(b"us@er", b"p@ss:word/")]
    assert len(inbox.received) == 1
    with pytest.raises(smtplib.SMTPAuthenticationError):
        SmtpTransport(f"smtp://user:wrong@127.0.0.1:{port}", SENDER).send(a_mail())


def test_a_mail_that_the_server_refuses_is_an_error(inbox, serve):
    port = serve()
    inbox.answer = "554 No thanks"

    with pytest.raises(smtplib.SMTPDataError):
        SmtpTransport(f"smtp://127.0.0.1:{port}", SENDER).send(a_mail())


def test_a_server_that_does_not_answer_is_an_error(serve, inbox):
    port = serve()
    # The port is free again once its server has stopped.
    stopped = Server(inbox)
    stopped.start()
    port = stopped.port
    stopped.stop()

    with pytest.raises(OSError, match="refused"):
        SmtpTransport(f"smtp://127.0.0.1:{port}", SENDER).send(a_mail())


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.now()
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + built.public_bytes(serialization.Encoding.PEM)
    )
    return path


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def test_over_starttls_a_mail_reaches_a_server_whose_certificate_is_trusted(
    inbox, serve, certificate, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    port = serve(tls_context=tls(certificate), require_starttls=True)

    SmtpTransport(f"smtp+starttls://localhost:{port}", SENDER).send(a_mail())

    assert len(inbox.received) == 1


def test_over_starttls_nothing_is_told_to_a_server_that_cannot_show_who_it_is(
    inbox, serve, certificate
):
    port = serve(tls_context=tls(certificate), require_starttls=True)

    with pytest.raises(ssl.SSLCertVerificationError):
        SmtpTransport(f"smtp+starttls://localhost:{port}", SENDER).send(a_mail())
    assert inbox.received == []


def test_a_server_without_starttls_is_not_talked_to_in_the_open(inbox, serve):
    with pytest.raises(smtplib.SMTPNotSupportedError):
        SmtpTransport(f"smtp+starttls://127.0.0.1:{serve()}", SENDER).send(a_mail())
    assert inbox.received == []
