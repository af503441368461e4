"""A certificate authority for one machine, limited to private addresses.

The danger removed here: a phone that trusts a home-made authority trusts it for every site. Ours
carries name constraints (RFC 5280, 4.2.1.10): it can vouch for private addresses, localhost and
*.local only, and it ends after two years.
"""

from __future__ import annotations

import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAYS = 730
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16")
USAGE = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def permitted(addresses: list[str]) -> list[ipaddress.IPv4Network]:
    """The networks it may vouch for: the private ones, and this machine's own other addresses."""
    private = [ipaddress.IPv4Network(net) for net in PRIVATE]
    own = [ipaddress.IPv4Network(f"{address}/32") for address in addresses]
    return private + [net for net in own if not any(net.subnet_of(known) for known in private)]


def may_vouch(certificate: x509.Certificate, addresses: list[str]) -> bool:
    """Whether an authority's certificate covers every one of these addresses."""
    held = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    allowed = [name.value for name in held.permitted_subtrees or []]
    return all(net in allowed for net in permitted(addresses))


def make(host: str, addresses: list[str]) -> tuple[bytes, bytes]:
    """A new authority.

    Args:
        host: the machine's name, shown to the person who decides on trust.
        addresses: the machine's IPv4 addresses.

    Returns:
        `(certificate, private key)`, PEM both.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.NameAttribute(NameOID.COMMON_NAME, f"Office on {host}"[:64])
    group = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Office, local network only")
    name = x509.Name([group, own])
    now = datetime.datetime.now(datetime.UTC)
    networks: list[x509.GeneralName] = [x509.IPAddress(net) for net in permitted(addresses)]
    hosts: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.DNSName("local")]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(USAGE, critical=True)
        .add_extension(x509.NameConstraints(networks + hosts, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private
