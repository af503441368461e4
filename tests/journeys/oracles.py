"""Two COSE libraries that are not ours open a token, with the audit office's private key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cbor2
import cwt
from cryptography.hazmat.primitives.asymmetric import ec
from pycose.keys.curves import P256
from pycose.keys.ec2 import EC2Key
from pycose.messages.encmessage import EncMessage
from pycose.messages.sign1message import Sign1Message

from app.core.keys import load_secrets, p256_key
from app.trips.rules import cose

Point = tuple[bytes, bytes]


def audit_key(home: Path) -> ec.EllipticCurvePrivateKey:
    """The audit key of the only organisation and year of a fresh demonstration."""
    (path,) = (home / "keys").glob("audit-*.pem")
    return p256_key(path, load_secrets(home).passphrase)


def scalar(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A private key as 32 bytes."""
    return key.private_numbers().private_value.to_bytes(32, "big")


def opened_by_cwt(token: bytes, audit: ec.EllipticCurvePrivateKey, device: Point) -> Any:
    """The claims, decrypted and their signature verified by cwt."""
    kid = cbor2.loads(token).value[3][0][1][4]
    x, y = cose.point(audit.public_key())
    private = {1: 2, -1: 1, 3: -25, 4: [8], 2: kid, -2: x, -3: y, -4: scalar(audit)}
    sign1 = cwt.COSE.new().decode(token, cwt.COSEKey.new(private), context={"alg": "A128GCM"})
    kid = cose.device_kid(*device)
    public = {1: 2, -1: 1, 3: -7, 4: [2], 2: kid, -2: device[0], -3: device[1]}
    return cbor2.loads(cwt.COSE.new().decode(sign1, cwt.COSEKey.new(public)))


def opened_by_pycose(token: bytes, audit: ec.EllipticCurvePrivateKey, device: Point) -> Any:
    """The claims, decrypted and their signature verified by pycose."""
    message = EncMessage.decode(token)
    x, y = cose.point(audit.public_key())
    recipient = message.recipients[0]
    recipient.key = EC2Key(crv=P256, x=x, y=y, d=scalar(audit))
    signed = Sign1Message.decode(message.decrypt(recipient))
    signed.key = EC2Key(crv=P256, x=device[0], y=device[1])
    assert signed.verify_signature()
    assert signed.payload is not None
    return cbor2.loads(signed.payload)
