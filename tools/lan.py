"""`make run HTTPS=1`: a certificate for this machine on the local network, and the way to trust it.

Phones give GPS, keys and service workers to secure addresses only. A small certificate authority
is made once in instance/lan/ (mode 600) and kept, so a phone that trusts it stays content when
the machine's address changes. The danger: whoever holds ca.key can pose as another machine to
that phone; so it never leaves the folder, is limited to private addresses and two years
(tools/authority.py), and the page says how to remove it again.

Runs inside the virtual environment: `python -m tools.lan prepare|show|serve`.
"""

from __future__ import annotations

import datetime
import html
import ipaddress
import os
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import qrcode
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tools import authority as limits

INSTANCE = Path(os.environ.get("INSTANCE_DIR", "instance")).absolute()
FOLDER = INSTANCE / "lan"
SERVER_DAYS, RENEW_DAYS = 390, 14  # iOS refuses server certificates over 825 days
STEPS = {
    "ko": (
        "iPhone·iPad: 1) 이 휴대전화의 Safari에서 {page} 를 엽니다. 2) '인증서 받기' → 허용. "
        "3) 설정 > 일반 > VPN 및 기기 관리 에서 프로파일을 설치합니다. "
        "4) 설정 > 일반 > 정보 > 인증서 신뢰 설정 에서 켭니다. 5) {url} 을 엽니다.",
        "Android: 1) Chrome에서 {page} 를 열어 인증서를 받습니다. 2) 설정 > 보안 > 암호화 및 "
        "사용자 인증 정보 > 인증서 설치 > CA 인증서 에서 고릅니다. 3) {url} 을 엽니다.",
        "다 써 본 뒤에는 같은 곳에서 인증서를 지우세요.",
    ),
    "en": (
        "iPhone, iPad: 1) open {page} in Safari. 2) Get the certificate, allow it. "
        "3) Settings > General > VPN & Device Management: install the profile. "
        "4) Settings > General > About > Certificate Trust Settings: switch it on. 5) open {url}.",
        "Android: 1) open {page} in Chrome, get the certificate. 2) Settings > Security > "
        "Encryption & credentials > Install a certificate > CA certificate. 3) open {url}.",
        "Remove the certificate in the same place when you have finished trying.",
    ),
}


def addresses() -> list[str]:
    """This machine's IPv4 addresses, the one towards the local network first; sends nothing."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1; a UDP connect only picks a route
            found.append(str(probe.getsockname()[0]))
        except OSError:
            pass  # no network: loopback alone is served
    try:
        infos = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        found += [str(info[4][0]) for info in infos]
    except OSError:
        pass  # the host's own name is not known: the route's address is enough
    return list(dict.fromkeys([*found, "127.0.0.1"]))


def names() -> list[str]:
    """Every name and address that the certificate must hold."""
    host = socket.gethostname().split(".")[0]
    extra = [f"{host}.local"] if host.replace("-", "").isalnum() and host.isascii() else []
    return [*addresses(), "localhost", *extra]


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, never half-written."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    draft.replace(path)


def valid(path: Path, wanted: set[str]) -> bool:
    """Whether a certificate exists, is not about to end, and holds all wanted names."""
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return False
    left = certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    if left < datetime.timedelta(days=RENEW_DAYS):
        return False
    if not wanted:
        return True
    held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    found = {str(ip) for ip in held.get_values_for_type(x509.IPAddress)}
    return wanted <= found | set(held.get_values_for_type(x509.DNSName))


def authority() -> trustme.CA:
    """The certificate authority of this installation; made at first use, kept while valid."""
    certificate, key = FOLDER / "ca.pem", FOLDER / "ca.key"
    if valid(certificate, set()) and key.exists():
        kept = x509.load_pem_x509_certificate(certificate.read_bytes())
        if limits.may_vouch(kept, addresses()):
            return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    made, private = limits.make(socket.gethostname(), addresses())
    write_private(key, private)
    write_private(certificate, made)
    (FOLDER / "server.pem").unlink(missing_ok=True)
    return trustme.CA.from_pem(made, private)


def prepare() -> str:
    """Make or keep authority and server certificate; returns the address people use."""
    FOLDER.mkdir(parents=True, exist_ok=True, mode=0o700)
    ca, wanted = authority(), names()
    if not (valid(FOLDER / "server.pem", set(wanted)) and (FOLDER / "server.key").exists()):
        now = datetime.datetime.now(datetime.UTC)
        made = ca.issue_cert(
            *wanted,
            common_name=wanted[0],
            organization_name="Office, local network only",
            organization_unit_name="server",
            not_before=now - datetime.timedelta(days=1),
            not_after=now + datetime.timedelta(days=SERVER_DAYS),
        )
        key = serialization.load_pem_private_key(made.private_key_pem.bytes(), None)
        pkcs8 = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write_private(FOLDER / "server.key", pkcs8)
        write_private(
            FOLDER / "server.pem", b"".join(part.bytes() for part in made.cert_chain_pems)
        )
    return wanted[0]


def ca_page() -> str:
    """The address of the page that gives the certificate: plain HTTP, one port higher."""
    return f"http://{addresses()[0]}:{int(os.environ['PORT']) + 1}/"


def show() -> None:
    """Print the address as a QR code, and the steps for both kinds of phone."""
    code = qrcode.QRCode(border=2)
    code.add_data(os.environ["PUBLIC_URL"])
    code.print_ascii(invert=True)
    for lines in STEPS.values():
        for line in lines:
            print("  " + line.format(page=ca_page(), url=os.environ["PUBLIC_URL"]))


class CertificatePage(BaseHTTPRequestHandler):
    """Two pages and nothing else: the steps, and the authority's certificate (never its key)."""

    server_version, sys_version = "office", ""
    timeout = 10

    def do_GET(self) -> None:
        """Answer `/` with the steps and `/ca.crt` with the certificate."""
        if self.path == "/ca.crt":
            content = x509.load_pem_x509_certificate((FOLDER / "ca.pem").read_bytes())
            body = content.public_bytes(serialization.Encoding.DER)
            self.give(200, "application/x-x509-ca-cert", body)
        elif self.path == "/":
            self.give(200, "text/html; charset=utf-8", steps_page().encode())
        else:
            self.give(404, "text/plain; charset=utf-8", b"not found\n")

    def give(self, status: int, kind: str, body: bytes) -> None:
        """Send one whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", "default-src 'none'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Keep no record of who asked."""


def steps_page() -> str:
    """The steps as a page, in Korean and English."""
    url = os.environ["PUBLIC_URL"]
    lines = [line.format(page=ca_page(), url=url) for part in STEPS.values() for line in part]
    items = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    return (
        '<!doctype html><html lang="ko"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>인증서 받기</title>'
        '<main><h1>인증서 받기 · Get the certificate</h1><p><a href="/ca.crt">'
        f"인증서 받기 · Get the certificate</a></p>{items}</main></html>"
    )


def serve() -> None:
    """Serve the certificate page until stopped."""
    bind, port = os.environ.get("BIND", "127.0.0.1"), int(os.environ["PORT"]) + 1
    ipaddress.ip_address(bind)
    ThreadingHTTPServer((bind, port), CertificatePage).serve_forever()


def main(words: list[str]) -> int:
    """Run one of prepare, show, serve; returns the exit code."""
    if words == ["prepare"]:
        print(prepare())
    elif words == ["show"]:
        show()
    elif words == ["serve"]:
        serve()
    else:
        print("usage: python -m tools.lan prepare|show|serve", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
