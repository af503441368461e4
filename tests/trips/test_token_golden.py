"""The golden vector, byte for byte, and two other implementations that open what we make."""

from __future__ import annotations

from dataclasses import replace

import cbor2
import cwt
from pycose.headers import Algorithm
from pycose.keys.curves import P256
from pycose.keys.ec2 import EC2Key
from pycose.messages.encmessage import EncMessage
from pycose.messages.sign1message import Sign1Message

from app.trips.rules import claims, cose, token
from app.trips.rules.claims import Claims, Fix
from tests.trips import token_maker as maker

STATED = Claims(
    organisation="46770",
    staff_number="020231234",
    captured_at=1795300000,
    cti=bytes(range(8)),
    fix=Fix(
        lat=34.6112325, lon=127.2845671, alt=23.4, accuracy=11.2, alt_accuracy=6.0,
        time=1795299998, age=2,
    ),
    trip="20261121-Q7XK2M",
    seq=17,
    prev=b"\x11" * 8,
    beacon=b"\x22" * 8,
    kind=claims.ARRIVE,
    samples=7,
    jitter_dm=11,
    signals=0,
    name="홍길동",
    department="관광정책실",
    consent=b"\x33" * 8,
)  # fmt: skip


def cwt_open(data: bytes) -> bytes:
    """The COSE_Sign1 inside a token, by the library cwt."""
    audit = {1: 2, -1: 1, 3: -25, 4: [8], 2: maker.AUDIT_KID}
    points = {-2: maker.golden("audit_pub_x"), -3: maker.golden("audit_pub_y")}
    private = cwt.COSEKey.new({**audit, **points, -4: maker.golden("audit_d")})
    opened: bytes = cwt.COSE.new().decode(data, private, context={"alg": "A128GCM"})
    return opened


def cwt_verify(sign1: bytes) -> bytes:
    """The payload of a COSE_Sign1, by the library cwt."""
    points = {-2: maker.golden("device_pub_x"), -3: maker.golden("device_pub_y")}
    public = cwt.COSEKey.new({1: 2, -1: 1, 3: -7, 4: [2], 2: maker.KID, **points})
    payload: bytes = cwt.COSE.new().decode(sign1, public)
    return payload


def pycose_open(data: bytes) -> bytes:
    """The COSE_Sign1 inside a token, by the library pycose."""
    message = EncMessage.decode(data)
    recipient = message.recipients[0]
    recipient.key = EC2Key(
        crv=P256,
        x=maker.golden("audit_pub_x"),
        y=maker.golden("audit_pub_y"),
        d=maker.golden("audit_d"),
    )
    opened: bytes = message.decrypt(recipient)
    return opened


def test_claims_are_encoded_byte_for_byte() -> None:
    assert claims.encode_claims(STATED) == maker.CLAIMS


def test_claims_are_read_back() -> None:
    read = claims.decode_claims(maker.CLAIMS)
    assert replace(read, fix=STATED.fix) == STATED
    assert abs(read.fix.lat - STATED.fix.lat) < 1e-6
    assert (read.kind_name, read.practice, read.offline, read.coarse) == (
        "arrive", False, False, False,
    )  # fmt: skip


def test_flags_are_read() -> None:
    bits = claims.RETURN | claims.OFFLINE | claims.PRACTICE | claims.COARSE
    read = claims.decode_claims(claims.encode_claims(replace(STATED, kind=bits)))
    assert (read.kind_name, read.practice, read.offline, read.coarse) == (
        "return", True, True, True,
    )  # fmt: skip


def test_signature_structure_signature_and_token_byte_for_byte() -> None:
    assert cose.to_be_signed(maker.KID, maker.CLAIMS) == maker.golden("sig_structure")
    assert maker.signed(maker.CLAIMS) == maker.SIGN1
    assert maker.sealed(maker.SIGN1) == maker.TOKEN
    assert len(maker.TOKEN) == claims.token_bytes(len(maker.CLAIMS)) == 382


def test_device_kid() -> None:
    kid = cose.device_kid(maker.golden("device_pub_x"), maker.golden("device_pub_y"))
    assert kid == maker.KID
    assert cose.device_kid(*cose.point(maker.DEVICE.public_key())) == maker.KID


def test_url() -> None:
    path = maker.VECTOR["url_path"]
    assert token.url_for_token("https://stamp.example/", maker.TOKEN) == (
        "HTTPS://STAMP.EXAMPLE" + path
    )
    assert token.token_from_text(path) == maker.TOKEN


def test_whole_way() -> None:
    assert maker.read(maker.TOKEN).organisation == "46770"


def test_cwt_opens_the_golden_token_and_a_new_one() -> None:
    assert cwt_verify(cwt_open(maker.TOKEN)) == maker.CLAIMS
    other = claims.encode_claims(replace(STATED, seq=18, name="남궁수"))
    ours = maker.sealed(maker.signed(other))
    assert cwt_verify(cwt_open(ours)) == other


def test_pycose_opens_the_golden_token_and_a_new_one() -> None:
    other = claims.encode_claims(replace(STATED, seq=18))
    for data, payload in ((maker.TOKEN, maker.CLAIMS), (maker.sealed(maker.signed(other)), other)):
        message = Sign1Message.decode(pycose_open(data))
        message.key = EC2Key(
            crv=P256, x=maker.golden("device_pub_x"), y=maker.golden("device_pub_y")
        )
        assert message.verify_signature()
        assert message.payload == payload
        assert message.phdr[Algorithm].fullname == "ES256"


def test_we_open_what_cwt_seals() -> None:
    """The other direction: cwt's own COSE_Sign1 over the claims verifies here when its s is low."""
    private = cwt.COSEKey.new(
        {
            1: 2, -1: 1, 3: -7, 4: [1], 2: maker.KID,
            -2: maker.golden("device_pub_x"),
            -3: maker.golden("device_pub_y"),
            -4: maker.golden("device_d"),
        }
    )  # fmt: skip
    for _ in range(40):
        theirs = cwt.COSE.new().encode_and_sign(
            maker.CLAIMS, private, protected={1: -7, 4: maker.KID}, unprotected={}
        )
        message = cose.parse_sign1(theirs)
        if int.from_bytes(message.signature[32:], "big") <= cose.HALF_ORDER:
            cose.verify(message, maker.DEVICE.public_key())
            return
    raise AssertionError("40 signatures and none with a low s")


def test_an_ordinary_decoder_reads_the_same() -> None:
    plain = cbor2.loads(maker.CLAIMS)
    assert plain[-70001][7] == "홍길동"
    assert plain[264][5] == 6.0
