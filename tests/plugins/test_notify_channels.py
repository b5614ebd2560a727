"""The channels, against real servers on this machine; and that no secret is ever shown."""

from __future__ import annotations

import base64
import email
import hashlib
import hmac
import json
import smtplib
import socket
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic
from urllib.parse import quote

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from attrs import evolve

import crmcore_notify
from crmcore.config import load_config
from crmcore.errors import ConfigError, RefusedError
from crmcore.hooktypes import Notification
from crmcore.host import PluginHost
from crmcore.wording import Text
from crmcore_notify.by_desktop import arguments
from crmcore_notify.by_webhook import signature
from crmcore_notify.channels import DeliveryError
from crmcore_notify.secret import Secret, redacted

NOW = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)
CANARY = "k4n4ry/Geheim+7"
NOTE = Notification(
    "won:0123abcd",
    NOW,
    "李娜",
    Text("甲 成交", "Jia was won"),
    Text("甲 成交", "Jia was won"),
    "C-1",
)


@pytest.fixture
def channel(tmp_path) -> Callable[..., Callable[[Notification], None]]:
    """`send` of the channel `c` as these settings describe it."""

    def make(table: str, more: str = "", language: str = "en"):
        text = f'language = "{language}"\ntimezone = "Asia/Shanghai"\n[notify.channels.c]\n{table}\n{more}'
        (tmp_path / "crm.toml").write_text(text, "utf-8")
        host = PluginHost(load_config(tmp_path))
        host.register(crmcore_notify, "notify")
        notifier = host.notifiers().named("c")
        make.trouble = notifier.trouble()
        return notifier.send

    return make


# e-mail


class Postbox:
    """What an SMTP server was given; it refuses who begins with `no`."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], email.message.EmailMessage]] = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.answer = "250 kept"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address.startswith("no"):
            return "550 no such mailbox"
        if address.startswith("later"):
            return "451 come again"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        message = email.message_from_bytes(envelope.content, policy=default)
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, message))
        return self.answer

    def check(self, server, session, envelope, mechanism, data):
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == CANARY.encode(), handled=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate authority of our own: its file, and the server's context."""
    import ssl

    ca, folder = trustme.CA(), tmp_path_factory.mktemp("ca")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    ca.cert_pem.write_to_path(folder / "ca.pem")
    return folder / "ca.pem", context


@pytest.fixture
def postbox():
    return Postbox()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def smtp(postbox):
    """Start a server; its port."""
    running = []

    def start(**options) -> int:
        controller = Controller(postbox, hostname="127.0.0.1", port=free_port(), **options)
        controller.start()
        running.append(controller)
        return controller.port

    yield start
    for controller in running:
        controller.stop()


MAIL = 'type = "email"\nhost = "127.0.0.1"\nfrom = "crm@example.com"\n'
OPEN = 'user = "u"\npassword = "$P"\nsecurity = "none"'
LINA = '[notify.owners."李娜"]\nemail = "lina@example.com"'


def test_a_mail_arrives_with_its_key_as_its_id(channel, smtp, postbox) -> None:
    send = channel(f'{MAIL}security = "none"\nport = {smtp()}', LINA)
    send(NOTE)
    send(NOTE)
    (sender, to, message), (_, _, again) = postbox.mails
    assert (sender, to) == ("crm@example.com", ["lina@example.com"])
    assert message["Message-ID"] == again["Message-ID"] == "<won.0123abcd@example.com>"
    assert message["Subject"] == "Jia was won"
    assert message["Date"] == "Fri, 01 May 2026 02:00:00 +0000"
    assert message.get_content().splitlines() == [
        "Jia was won", "", "Customer: C-1", "Time: 2026-05-01 10:00",
    ]  # fmt: skip


def test_each_reads_their_own_language_and_time(channel, smtp, postbox) -> None:
    owner = f'{LINA}\nlanguage = "zh"\ntimezone = "Europe/Berlin"'
    channel(f'{MAIL}security = "none"\nport = {smtp()}', owner)(NOTE)
    message = postbox.mails[0][2]
    assert message["Subject"] == "甲 成交"
    assert message.get_content().splitlines()[2:] == ["客户编号：C-1", "时间：2026-05-01 04:00"]


def test_no_text_becomes_a_header(channel, smtp, postbox) -> None:
    evil = "Jia\r\nBcc: evil@example.com\r\n\r\n\x00<script>\N{RIGHT-TO-LEFT OVERRIDE}"
    note = evolve(NOTE, title=Text(evil, evil), customer_id="C\r\nX: y")
    channel(f'{MAIL}security = "none"\nport = {smtp()}', LINA)(note)
    [(_, to, message)] = postbox.mails
    assert to == ["lina@example.com"]
    assert message["Bcc"] is message["X"] is None
    assert message["Subject"].startswith("Jia Bcc: evil@example.com")
    assert "Customer: C X: y" in message.get_content()


def test_over_tls_with_a_password_from_the_environment(
    channel, smtp, postbox, authority, monkeypatch
) -> None:
    file, context = authority
    monkeypatch.setenv("CRM_MAIL", CANARY)
    log_in = f'user = "crm"\npassword = "$CRM_MAIL"\nca_file = "{file}"\n'
    ports = {
        "starttls": smtp(
            tls_context=context,
            require_starttls=True,
            authenticator=postbox.check,
            auth_required=True,
        ),
        "tls": smtp(
            ssl_context=context,
            authenticator=postbox.check,
            auth_require_tls=False,
            auth_required=True,
        ),
    }
    for security, port in ports.items():
        channel(f'{MAIL}{log_in}security = "{security}"\nport = {port}', LINA)(NOTE)
    assert postbox.logins == [(b"crm", CANARY.encode())] * 2
    assert len(postbox.mails) == 2


def test_a_server_that_is_not_who_it_says_gets_nothing(
    channel, smtp, postbox, authority, monkeypatch
) -> None:
    monkeypatch.setenv("CRM_MAIL", CANARY)
    port = smtp(tls_context=authority[1], authenticator=postbox.check)
    send = channel(f'{MAIL}user = "crm"\npassword = "$CRM_MAIL"\nport = {port}', LINA)
    with pytest.raises(DeliveryError, match="CERTIFICATE_VERIFY_FAILED"):
        send(NOTE)
    plain = channel(f'{MAIL}user = "crm"\npassword = "$CRM_MAIL"\nport = {smtp()}', LINA)
    with pytest.raises(DeliveryError, match="STARTTLS"):
        plain(NOTE)
    assert postbox.logins == postbox.mails == []


def test_who_is_refused_is_a_matter_of_the_message_and_a_server_that_is_busy_of_the_channel(
    channel, smtp, postbox
) -> None:
    settings = f'{MAIL}security = "none"\nport = {smtp()}'
    with pytest.raises(RefusedError, match=r"nobody@example\.com was refused: 550"):
        channel(settings, '[notify.owners."李娜"]\nemail = "nobody@example.com"')(NOTE)
    with pytest.raises(DeliveryError, match="451 come again"):
        channel(settings, '[notify.owners."李娜"]\nemail = "later@example.com"')(NOTE)
    with pytest.raises(RefusedError, match="the e-mail address of '李娜' is"):
        channel(settings, '[notify.owners."李娜"]\nemail = "a@b.cn\\nBcc: x@y.cn"')(NOTE)
    with pytest.raises(RefusedError, match="no e-mail address of '李娜'"):
        channel(settings)(NOTE)
    postbox.answer = "554 looks like spam"
    with pytest.raises(RefusedError, match="554 looks like spam"):
        channel(settings, LINA)(NOTE)
    postbox.answer = "452 disk full"
    with pytest.raises(DeliveryError, match="452 disk full"):
        channel(settings, LINA)(NOTE)


def test_a_server_that_says_nothing_costs_no_more_than_the_timeout(channel) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        send = channel(f'{MAIL}security = "none"\nport = {port}\ntimeout = 0.2', LINA)
        before = monotonic()
        with pytest.raises(DeliveryError, match="time"):
            send(NOTE)
        assert monotonic() - before < 3


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('type = "email"\nfrom = "a@b.cn"', "needs host"),
        (f'{MAIL}security = "ssl"', "security in [notify.channels.c] is one of"),
        (f"{MAIL}port = 0", "port in [notify.channels.c]"),
        (f'{MAIL}user = "crm"', "needs both user and password"),
        (f'{MAIL}user = "crm"\npassword = "{CANARY}"', "must say where the secret is kept"),
        ('type = "email"\nhost = "h"\nfrom = "nobody"', "is an address such as"),
        (f'{MAIL}to = "a@b.cn\\nBcc: x@y.cn"', "is an address such as"),
        (f'{MAIL}hots = "x"', "did you mean host?"),
        (f"{MAIL.replace('127.0.0.1', 'mx.example.com')}{OPEN}", "for everybody to read"),
        ('type = "emial"', "did you mean email?"),
        ('type = "webhook"', "needs url"),
        ('type = "webhook"\nurl = "ftp://x/y"', "is no address such as"),
        ('type = "webhook"\nurl = "http://example.com/"', "insecure = true"),
        (
            f'type = "webhook"\nurl = "https://me:{quote(CANARY, "")}@example.com/"',
            "keep all of it in",
        ),
        (f'type = "webhook"\nurl = "https://example.com/"\nsecret = "{CANARY}"', "must say where"),
        (f'type = "apprise"\nurl = "wecombot://{CANARY}"', "must say where the secret is kept"),
        ('type = "desktop"\nshell = true', "Unknown setting 'shell'"),
        ('type = "desktop"\nevents = "won"', "is a list of names"),
    ],
)
def test_wrong_settings_are_told_without_what_may_be_a_secret(channel, table, said) -> None:
    send = channel(table)
    assert said in channel.trouble
    assert CANARY not in channel.trouble
    with pytest.raises(ConfigError, match=r".*"):
        send(NOTE)


# webhooks


class Hook:
    """An HTTP server that keeps what it is sent, and answers as it is told."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 204
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.requests.append((self.path, dict(self.headers), body))
                self.send_response(hook.status)
                if 300 <= hook.status < 400:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST  # noqa: N815

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def hook():
    hook = Hook()
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


def test_a_webhook_is_signed_and_carries_its_key(channel, hook, monkeypatch) -> None:
    monkeypatch.setenv("CRM_HOOK", CANARY)
    send = channel(f'type = "webhook"\nurl = "http://{hook.address}/h?x=1"\nsecret = "$CRM_HOOK"')
    send(NOTE)
    send(NOTE)
    (path, headers, body), (_, headers_again, body_again) = hook.requests
    assert path == "/h?x=1"
    assert body == body_again
    assert headers["Idempotency-Key"] == headers_again["Idempotency-Key"] == "won:0123abcd"
    document = json.loads(body)
    assert document["texts"]["zh"]["title"] == "甲 成交"
    assert {k: document[k] for k in ("key", "kind", "to", "title", "customer_id", "at")} == {
        "key": "won:0123abcd", "kind": "won", "to": "李娜", "title": "Jia was won",
        "customer_id": "C-1", "at": "2026-05-01T02:00:00+00:00",
    }  # fmt: skip
    # As a receiver checks it.
    stamp = headers["Webhook-Timestamp"]
    assert abs(int(stamp) - datetime.now(UTC).timestamp()) < 60
    signed = hmac.new(CANARY.encode(), f"won:0123abcd.{stamp}.".encode() + body, hashlib.sha256)
    assert headers["Webhook-Signature"] == "v1," + base64.b64encode(signed.digest()).decode()


def test_signatures_are_those_of_standard_webhooks() -> None:
    """The example of the specification's reference implementations."""
    made = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert made["Webhook-Signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    with pytest.raises(ConfigError, match="not base64"):
        signature("whsec_*", "k", 1, b"")


@pytest.mark.parametrize(
    ("status", "error"),
    [(302, DeliveryError), (308, DeliveryError), (500, DeliveryError), (429, DeliveryError),
     (404, DeliveryError), (401, DeliveryError), (422, RefusedError), (413, RefusedError)],
)  # fmt: skip
def test_what_a_receiver_does_not_take_is_a_failure(channel, hook, status, error) -> None:
    hook.status = status
    send = channel(f'type = "webhook"\nurl = "http://{hook.address}/"')
    with pytest.raises(error, match=str(status)):
        send(NOTE)
    assert len(hook.requests) == 1, "a redirect is not followed"


def test_an_address_may_be_a_secret_and_each_owner_have_their_own(
    channel, hook, monkeypatch
) -> None:
    monkeypatch.setenv("CRM_HOOK_URL", f"http://{hook.address}/{CANARY}")
    own = f'[notify.owners.Bo]\naddress = {{ c = "http://{hook.address}/bo" }}'
    send = channel('type = "webhook"\nurl = "$CRM_HOOK_URL"', own)
    send(NOTE)
    send(evolve(NOTE, to="Bo"))
    assert [path for path, _, _ in hook.requests] == [f"/{CANARY}", "/bo"]
    monkeypatch.setenv("CRM_HOOK_URL", f"file:///etc/{CANARY}")
    with pytest.raises(DeliveryError, match="is no address such as") as refused:
        send(NOTE)
    assert CANARY not in str(refused.value)


# Apprise


def test_apprise_sends_by_its_own_services(channel, hook, monkeypatch) -> None:
    monkeypatch.setenv("CRM_APPRISE", f"json://me:{quote(CANARY, '')}@{hook.address}/way")
    send = channel('type = "apprise"\nurl = "$CRM_APPRISE"', language="zh")
    send(NOTE)
    [(path, _, body)] = hook.requests
    assert path == "/way"
    assert json.loads(body)["title"] == "甲 成交"
    assert "客户编号：C-1" in json.loads(body)["message"]
    hook.status = 500
    with pytest.raises(DeliveryError, match="500") as failed:
        send(NOTE)
    assert not any(part in str(failed.value) for part in (CANARY, "k4n4ry", "Geheim"))
    monkeypatch.setenv("CRM_APPRISE", f"nothing-known://{CANARY}")
    with pytest.raises(DeliveryError, match="no address of Apprise's") as failed:
        send(NOTE)
    assert CANARY not in str(failed.value)


@pytest.mark.parametrize(
    "url",
    ["wecombot://botkey", "dingtalk://secret@token0123456789", "feishu://token", "lark://token"],
)
def test_the_services_of_chinese_teams_are_there(url) -> None:
    import apprise

    assert apprise.Apprise.instantiate(url) is not None


def test_without_apprise_what_to_install_is_said(channel, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    channel('type = "apprise"\nurl = "$CRM_APPRISE"')
    assert "install crmcore[apprise]" in channel.trouble


# the desktop


def fake_program(folder: Path, name: str, monkeypatch, script: str = "") -> Path:
    """Put a program of this *name* alone on the path; where it keeps its arguments, a line each."""
    kept = folder / "kept"
    program = folder / name
    program.write_text(
        f'#!/bin/sh\nfor a in "$@"; do printf "%s\\0" "$a" >> {kept}; done\n{script}\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return kept


EVIL = evolve(NOTE, title=Text("", '-u critical; $(touch /tmp/x) `id` " & <b>'))


def test_the_desktop_gets_texts_as_arguments_and_never_a_shell(
    channel, tmp_path, monkeypatch
) -> None:
    kept = fake_program(tmp_path, "notify-send", monkeypatch)
    channel('type = "desktop"')(evolve(EVIL, body=Text("", "<b>1 & 2</b>")))
    title, body = kept.read_text("utf-8").split("\0")[2:4]
    assert kept.read_text("utf-8").split("\0")[:2] == ["--app-name=crmcore", "--"]
    assert title == EVIL.title.en
    assert body.startswith("&lt;b&gt;1 &amp; 2&lt;/b&gt;")


def test_the_desktop_of_a_mac(tmp_path, monkeypatch) -> None:
    fake_program(tmp_path, "osascript", monkeypatch)
    command = arguments(EVIL.title.en, "body")
    assert command[-3:] == ["--", EVIL.title.en, "body"]
    assert all(EVIL.title.en not in word for word in command[:-2])


def test_a_machine_without_a_desktop_says_so(channel, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DeliveryError, match="neither notify-send"):
        channel('type = "desktop"')(NOTE)
    fake_program(tmp_path, "notify-send", monkeypatch, "echo no bus >&2; exit 1")
    with pytest.raises(DeliveryError, match="did not take it: no bus"):
        channel('type = "desktop"')(NOTE)
    fake_program(tmp_path, "notify-send", monkeypatch, "exec /bin/sleep 20")
    with pytest.raises(DeliveryError, match="timed out"):
        channel('type = "desktop"\ntimeout = 0.2')(NOTE)


# secrets


def test_a_secret_is_found_in_the_keyring(monkeypatch) -> None:
    import keyring
    from keyring.backend import KeyringBackend
    from keyring.errors import KeyringLocked

    class Ring(KeyringBackend):
        priority = 1

        def get_password(self, service, username):
            if service == "locked":
                raise KeyringLocked("no")
            return CANARY if (service, username) == ("crmcore", "mail/x") else None

        def set_password(self, service, username, password):
            raise NotImplementedError

    before = keyring.get_keyring()
    keyring.set_keyring(Ring())
    try:
        assert Secret("keyring:crmcore/mail/x", "password").reveal() == CANARY
        with pytest.raises(ConfigError, match="`keyring set crmcore other`"):
            Secret("keyring:crmcore/other", "password").reveal()
        with pytest.raises(ConfigError, match="cannot be read"):
            Secret("keyring:locked/x", "password").reveal()
    finally:
        keyring.set_keyring(before)
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigError, match=r"install crmcore\[keyring\]"):
        Secret("keyring:crmcore/x", "password").reveal()


def test_a_secret_that_is_not_there_is_told_by_its_place(monkeypatch) -> None:
    monkeypatch.delenv("CRM_NOT_SET", raising=False)
    with pytest.raises(ConfigError, match="CRM_NOT_SET is not set"):
        Secret("$CRM_NOT_SET", "password in [notify.channels.c]").reveal()


def test_every_form_of_a_secret_is_hidden(monkeypatch) -> None:
    monkeypatch.setenv("CRM_MAIL", CANARY)
    secret = Secret("$CRM_MAIL", "password")
    forms = [
        CANARY, "k4n4ry%2FGeheim%2B7", base64.b64encode(CANARY.encode()).decode(),
        CANARY.encode().hex(), repr(CANARY),
    ]  # fmt: skip
    said = redacted(" | ".join(forms), [secret])
    assert "k4n4ry" not in said
    assert said.count("***") == 5
    assert CANARY not in repr(secret) + str(secret) + f"{secret!r}"


def test_a_server_that_repeats_the_password_does_not_make_us_show_it(
    channel, smtp, postbox, authority, monkeypatch
) -> None:
    file, context = authority
    monkeypatch.setenv("CRM_MAIL", CANARY)

    def parrot(self, user, password, **options):
        raise smtplib.SMTPAuthenticationError(535, f"bad password {password} for {user}".encode())

    monkeypatch.setattr(smtplib.SMTP, "login", parrot)
    port = smtp(tls_context=context)
    send = channel(
        f'{MAIL}user = "crm"\npassword = "$CRM_MAIL"\nca_file = "{file}"\nport = {port}', LINA
    )
    with pytest.raises(DeliveryError) as failed:
        send(NOTE)
    assert "535" in str(failed.value)
    assert CANARY not in str(failed.value)
    assert failed.value.__cause__ is failed.value.__context__ is None
