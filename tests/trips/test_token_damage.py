"""Every way to damage a stamp is refused, and with its own reason."""

from __future__ import annotations

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from app.core.errors import Refusal
from app.trips.rules import cbor, claims, cose, token
from app.trips.rules.refusals import Damaged, TooLarge, WrongSignature
from tests.trips import token_maker as maker
from tests.trips.token_maker import swap

G = maker.CLAIMS
LOCATION, TRIP = 264, -70001
KNOWN = {
    None: {1, 2, 6, 7, LOCATION, TRIP},
    LOCATION: set(range(1, 10)),
    TRIP: set(range(1, 9)) | {10},
}
ORG, STAFF = "01653436373730", "0269303230323331323334"

CLAIMS_DAMAGE = {
    "trailing byte": (G + b"\x00", "trailing-bytes"),
    "twice": (G + G, "trailing-bytes"),
    "empty": (b"", "truncated"),
    "duplicate key": (swap(G, "a6" + ORG, "a7" + ORG + ORG), "duplicate-key"),
    "duplicate key apart": (swap(G, "a6" + ORG + STAFF, "a7" + ORG + STAFF + ORG), "duplicate-key"),
    "duplicate inner key": (swap(G, "a9016f", "aa016161" + "016f"), "duplicate-key"),
    "unsorted keys": (swap(G, ORG + STAFF, STAFF + ORG), "not-deterministic"),
    "long key": (swap(G, "a6" + ORG, "a61801" + ORG[2:]), "not-deterministic"),
    "long integer of 1 byte": (swap(G, "021103", "02181103"), "not-deterministic"),
    "long integer of 2 bytes": (swap(G, "021103", "0219001103"), "not-deterministic"),
    "long integer of 4 bytes": (swap(G, "021103", "021a0000001103"), "not-deterministic"),
    "long integer of 8 bytes": (swap(G, "1a6b021aa0", "1b000000006b021aa0"), "not-deterministic"),
    "long text length": (swap(G, "653436373730", "78053436373730"), "not-deterministic"),
    "long bytes length": (swap(G, "07480001", "0758080001"), "not-deterministic"),
    "long array length": (swap(G, "83070b00", "9803070b00"), "not-deterministic"),
    "long map length": (swap(G, "a6" + ORG, "b806" + ORG), "not-deterministic"),
    "indefinite map": (b"\xbf" + G[1:] + b"\xff", "not-deterministic"),
    "indefinite array": (swap(G, "83070b00", "9f070b00ff"), "not-deterministic"),
    "indefinite text": (swap(G, ORG, "017f653436373730ff"), "not-deterministic"),
    "indefinite bytes": (
        swap(G, "07480001020304050607", "075f480001020304050607ff"),
        "not-deterministic",
    ),
    "half as single": (swap(G, "05f94600", "05fa40c00000"), "not-deterministic"),
    "half as double": (swap(G, "05f94600", "05fb4018000000000000"), "not-deterministic"),
    "single as double": (swap(G, "fa420a71e7", "fb40414e3ce0000000"), "not-deterministic"),
    "double": (swap(G, "fa420a71e7", "fb40414e3cdddddddd"), "not-single"),
    "integer for a float": (swap(G, "05f94600", "0506"), "wrong-type"),
    "float for an integer": (swap(G, "021103", "02f94c4003"), "wrong-type"),
    "one more than counted": (swap(G, "061a6b021aa0", "0300061a6b021aa0"), "trailing-bytes"),
    "NaN": (swap(G, "05f94600", "05f97e00"), "not-finite"),
    "NaN of single width": (swap(G, "fa420a71e7", "fa7fc00000"), "not-finite"),
    "NaN of double width": (swap(G, "fa420a71e7", "fb7ff8000000000000"), "not-finite"),
    "infinity": (swap(G, "05f94600", "05f97c00"), "not-finite"),
    "minus infinity": (swap(G, "fa420a71e7", "faff800000"), "not-finite"),
    "latitude 91": (swap(G, "fa420a71e7", "f955b0"), "out-of-range"),
    "latitude -91": (swap(G, "fa420a71e7", "f9d5b0"), "out-of-range"),
    "longitude 181": (swap(G, "fa42fe91b3", "f959a8"), "out-of-range"),
    "accuracy -1": (swap(G, "fa41333333", "f9bc00"), "out-of-range"),
    "altitude of a satellite": (swap(G, "fa41bb3333", "fa48f42400"), "out-of-range"),
    "seq 0": (swap(G, "021103", "020003"), "out-of-range"),
    "seq below 0": (swap(G, "021103", "022003"), "out-of-range"),
    "seq of 33 bits": (swap(G, "021103", "021b000000010000000003"), "out-of-range"),
    "seq as text": (swap(G, "021103", "02613103"), "wrong-type"),
    "seq true": (swap(G, "021103", "02f503"), "unsupported-type"),
    "name null": (swap(G, "0769ed998deab8b8eb8f99", "07f6"), "unsupported-type"),
    "bignum": (swap(G, "021103", "02c249010000000000000000" + "03"), "unsupported-type"),
    "no kind": (swap(G, "05020683", "05000683"), "bad-kind"),
    "two kinds": (swap(G, "05020683", "05030683"), "bad-kind"),
    "three kinds": (swap(G, "05020683", "05070683"), "bad-kind"),
    "flags only": (swap(G, "05020683", "0518380683"), "bad-kind"),
    "another bit": (swap(G, "05020683", "0518420683"), "bad-kind"),
    "signal 15": (swap(G, "83070b00", "83070b194000"), "out-of-range"),
    "65,536 samples": (swap(G, "83070b00", "831a000100000b00"), "out-of-range"),
    "two measures": (swap(G, "83070b00", "82070b"), "wrong-length"),
    "four measures": (swap(G, "83070b00", "84070b0000"), "wrong-length"),
    "measures as a map": (swap(G, "83070b00", "a0"), "wrong-type"),
    "cti of 7": (swap(G, "07480001020304050607", "0747" + "00010203040506"), "wrong-length"),
    "cti as text": (swap(G, "07480001020304050607", "07680001020304050607"), "wrong-type"),
    "prev of 9": (swap(G, "48" + "11" * 8, "49" + "11" * 9), "wrong-length"),
    "consent of 0": (swap(G, "48" + "33" * 8, "40"), "wrong-length"),
    "empty organisation": (swap(G, ORG, "0160"), "wrong-length"),
    "organisation of 17": (swap(G, ORG, "0171" + "41" * 17), "wrong-length"),
    "staff number of 25": (swap(G, STAFF, "027819" + "41" * 25), "wrong-length"),
    "staff number as an integer": (swap(G, STAFF, "0207"), "wrong-type"),
    "line feed in a name": (swap(G, "69ed998deab8b8eb8f99", "69410a" + "41" * 7), "bad-text"),
    "not UTF-8": (swap(G, "69ed998deab8b8eb8f99", "69ff" + "41" * 8), "bad-utf8"),
    "surrogate in UTF-8": (swap(G, "69ed998deab8b8eb8f99", "69eda080" + "41" * 6), "bad-utf8"),
    "trip in lower case": (swap(G, "5137584b324d", "7137584b324d"), "bad-trip"),
    "trip with a 1": (swap(G, "5137584b324d", "3137584b324d"), "bad-trip"),
    "text key": (swap(G, "a6" + ORG, "a66131" + ORG[2:]), "wrong-type"),
    "float key": (swap(G, "a6" + ORG, "a6f93c00" + ORG[2:]), "wrong-type"),
    "not a map": (b"\x01", "wrong-type"),
    "location is no map": (cbor2.dumps({**cbor2.loads(G), 264: []}, canonical=True), "wrong-type"),
    "reserved information": (swap(G, "021103", "021c03"), "not-cbor"),
    "lonely break": (swap(G, "021103", "02ff03"), "not-cbor"),
    "deep": (b"\x81" * 900 + b"\x00", "too-deep"),
    "deep maps": (b"\xa1\x01" * 400 + b"\x00", "too-deep"),
    "array of 2^63": (b"\x9b\x80" + bytes(7), "truncated"),
    "map of 2^63": (b"\xbb\x80" + bytes(7), "truncated"),
    "text of 2^63": (b"\x7b\x80" + bytes(7), "truncated"),
}


def refusal(action: object, *arguments: object) -> Refusal:
    """The refusal that an action ends in; any other exception, or none, fails the test."""
    assert callable(action)
    try:
        action(*arguments)
    except Refusal as refused:
        return refused
    raise AssertionError("not refused")


@pytest.mark.parametrize("name", CLAIMS_DAMAGE)
def test_damaged_claims(name: str) -> None:
    damaged, reason = CLAIMS_DAMAGE[name]
    refused = refusal(claims.decode_claims, damaged)
    assert isinstance(refused, Damaged)
    assert refused.reason == reason


def test_damaged_claims_are_refused_through_seal_and_signature_too() -> None:
    for damaged, reason in CLAIMS_DAMAGE.values():
        if len(damaged) < 180:
            refused = refusal(maker.read, maker.sealed(maker.signed(damaged)))
            assert refused.reason == reason


OPTIONAL: dict[int | None, set[int]] = {LOCATION: {3, 5, 6, 7, 9}, TRIP: {7, 8}}


@pytest.mark.parametrize("place", [None, LOCATION, TRIP], ids=["outer", "location", "trip"])
def test_unknown_and_missing_labels(place: int | None) -> None:
    whole = cbor2.loads(G)
    members = whole if place is None else whole[place]
    for label in {-1, 0, 3, 5, 9, 10, 11, 265, -70002} - KNOWN[place]:
        members[label] = 1
        assert refusal(claims.decode_claims, cbor.encode(whole)).reason == "unknown-label", label
        del members[label]
    for label in list(members):
        kept = members.pop(label)
        if label in OPTIONAL.get(place, ()):
            claims.decode_claims(cbor.encode(whole))
        else:
            assert refusal(claims.decode_claims, cbor.encode(whole)).reason == "missing-label"
        members[label] = kept
    assert cbor.encode(whole) == G


@pytest.mark.parametrize(
    ("read", "data"),
    [(claims.decode_claims, G), (cose.parse_sign1, maker.SIGN1), (cose.parse_token, maker.TOKEN)],
    ids=["claims", "COSE_Sign1", "token"],
)
def test_truncated_at_each_length_and_trailing(read: object, data: bytes) -> None:
    for length in range(len(data)):
        assert refusal(read, data[:length]).reason == "truncated"
    assert refusal(read, data + b"\x00").reason == "trailing-bytes"


def test_every_flipped_bit_of_a_token_is_refused() -> None:
    for place in range(len(maker.TOKEN) * 8):
        data = bytearray(maker.TOKEN)
        data[place // 8] ^= 1 << place % 8
        assert refused_or_of_another_key(bytes(data)), f"bit {place} may be flipped"


def refused_or_of_another_key(data: bytes) -> bool:
    """True when a token is refused or names another audit key, the one part no key protects."""
    try:
        if cose.parse_token(data).audit_kid != maker.AUDIT_KID:
            return True
        maker.read(data)
    except Refusal:
        return True
    return False


def test_every_flipped_bit_of_a_signed_message_is_refused() -> None:
    public = maker.DEVICE.public_key()
    for place in range(len(maker.SIGN1) * 8):
        data = bytearray(maker.SIGN1)
        data[place // 8] ^= 1 << place % 8
        try:
            message = cose.parse_sign1(bytes(data))
            cose.verify(message, public)
        except Refusal:
            continue
        raise AssertionError(f"bit {place} may be flipped")


SIGNATURE = maker.SIGN1[-64:]
R, S = int.from_bytes(SIGNATURE[:32], "big"), int.from_bytes(SIGNATURE[32:], "big")


@pytest.mark.parametrize(
    ("r", "s", "reason"),
    [
        (R, cose.ORDER - S, "high-s"),
        (0, S, "signature-range"),
        (R, 0, "signature-range"),
        (cose.ORDER, S, "signature-range"),
        (R, cose.ORDER, "signature-range"),
        (2**256 - 1, 2**256 - 1, "signature-range"),
        (R, S - 1, "signature-mismatch"),
        (S, R if R <= cose.HALF_ORDER else cose.ORDER - R, "signature-mismatch"),
    ],
)
def test_wrong_signatures(r: int, s: int, reason: str) -> None:
    twin = cose.build_sign1(maker.KID, G, r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    refused = refusal(maker.read, maker.sealed(twin))
    assert isinstance(refused, WrongSignature)
    assert (refused.code, refused.reason) == ("wrong-signature", reason)


def test_the_twin_would_verify_elsewhere() -> None:
    """The danger is real: without the low-s rule the twin is a second spelling of one stamp."""
    twin = cose.build_sign1(
        maker.KID, G, R.to_bytes(32, "big") + (cose.ORDER - S).to_bytes(32, "big")
    )
    der = encode_dss_signature(R, cose.ORDER - S)
    maker.DEVICE.public_key().verify(der, cose.to_be_signed(maker.KID, G), cose.VERIFY)
    assert twin != maker.SIGN1


def test_a_signature_of_another_key_or_over_another_kid() -> None:
    assert (
        refusal(maker.read, maker.sealed(cose.sign(maker.KID, G, maker.AUDIT))).reason
        == "signature-mismatch"
    )
    other = cose.build_sign1(b"\x00" * 8, G, SIGNATURE)
    assert refusal(maker.read, maker.sealed(other)).reason == "signature-mismatch"


S1 = maker.SIGN1
SIGN1_DAMAGE = {
    "no tag": (S1[1:], "wrong-tag"),
    "another tag": (b"\xd1" + S1[1:], "wrong-tag"),
    "long tag": (b"\xd8\x12" + S1[1:], "not-deterministic"),
    "tag twice": (b"\xd2" + S1, "unsupported-type"),
    "five members": (b"\xd2\x85" + S1[2:] + b"\x00", "not-cose"),
    "unprotected header": (swap(S1, "a058a5", "a1010158a5"), "not-cose"),
    "ES384": (swap(S1, "4da201260448", "4ea20138220448"), "wrong-algorithm"),
    "kid of 7": (swap(S1, "4da2012604483b", "4ca201260447"), "wrong-length"),
    "no kid": (swap(S1, "4da2012604483bc5f46417949699", "43a10126"), "not-cose"),
    "third member": (
        swap(S1, "4da2012604483bc5f46417949699", "4fa3012604483bc5f464179496990500"), "not-cose",
    ),
    "empty protected": (
        swap(S1, "4da2012604483bc5f46417949699", "40"), "truncated",
    ),
    "signature of 63": (S1[:-66] + b"\x58\x3f" + S1[-63:], "wrong-length"),
    "payload null": (S1[: -66 - 167] + b"\xf6" + S1[-66:], "unsupported-type"),
    "payload text": (
        b"\xd2" + cbor.encode([cose.ES256_KID + maker.KID, {}, "text", S1[-64:]]), "wrong-type",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SIGN1_DAMAGE)
def test_damaged_signed_messages(name: str) -> None:
    data, reason = SIGN1_DAMAGE[name]
    refused = refusal(cose.parse_sign1, data)
    assert isinstance(refused, Damaged)
    assert refused.reason == reason


T = maker.TOKEN
POINT = "215820" + maker.VECTOR["ephemeral_pub_x"] + "225820" + maker.VECTOR["ephemeral_pub_y"]
TOKEN_DAMAGE = {
    "no tag": (T[2:], "wrong-tag"),
    "tag 16": (b"\xd0" + T[2:], "wrong-tag"),
    "three members": (b"\xd8\x60\x83" + T[3:], "trailing-bytes"),
    "A256GCM": (swap(T, "43a10101", "43a10103"), "wrong-algorithm"),
    "another key agreement": (swap(T, "44a1013818", "44a1013819"), "wrong-algorithm"),
    "iv of 11": (swap(T, "4c000102030405060708090a0b", "4b000102030405060708090a"), "wrong-length"),
    "iv in another member": (swap(T, "a1054c", "a1064c"), "not-cose"),
    "no recipient": (T[: T.index(bytes.fromhex("818344a1"))] + b"\x80", "not-cose"),
    "audit kid of 5": (swap(T, "4400000001", "450000000001"), "wrong-length"),
    "audit kid of 0": (swap(T, "4400000001", "40"), "wrong-length"),
    "compressed point": (swap(T, POINT[70:], "22f5"), "unsupported-type"),
    "point off the curve": (swap(T, POINT, POINT[:-2] + "ab"), "bad-point"),
    "point of zeros": (swap(T, POINT, "215820" + "00" * 32 + "225820" + "00" * 32), "bad-point"),
    "coordinate of 31": (swap(T, POINT[:70], "21581f" + POINT[6:68]), "wrong-length"),
    "P-384": (swap(T, "a401022001", "a401022002"), "not-cose"),
    "curve as a float": (swap(T, "a401022001", "a4010220f93c00"), "not-cose"),
    "wrapped key": (T[:-1] + b"\x41\x00", "not-cose"),
    "ciphertext of 15": (
        b"\xd8\x60" + cbor.encode(
            [cose.A128GCM, {5: maker.IV}, bytes(15),
             [[cose.ECDH_ES, {4: b"\x01", -1: {1: 2, -1: 1, -2: maker.X, -3: maker.Y}}, b""]]]
        ),
        "cannot-open",
    ),
    "changed ciphertext": (swap(T, "50294fabe36b", "50294fabe36c"), "cannot-open"),
    "changed iv": (swap(T, "060708090a0b", "060708090a0c"), "cannot-open"),
    "sealed to another key": (
        cose.seal(S1, maker.AUDIT_KID, maker.DEVICE.public_key(), maker.EPHEMERAL, maker.IV),
        "cannot-open",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOKEN_DAMAGE)
def test_damaged_tokens(name: str) -> None:
    data, reason = TOKEN_DAMAGE[name]
    refused = refusal(maker.read, data)
    assert isinstance(refused, Damaged)
    assert refused.reason == reason


def test_too_large() -> None:
    long = cose.seal(
        bytes(300), maker.AUDIT_KID, maker.AUDIT.public_key(), maker.EPHEMERAL, maker.IV
    )
    for read, data in (
        (cose.parse_token, long),
        (cose.parse_sign1, maker.SIGN1 + bytes(1000)),
        (token.token_from_text, "A" * 641),
        (token.token_from_text, "/S/" + "%41" * 4000),
    ):
        refused = refusal(read, data)
        assert isinstance(refused, TooLarge)
        assert (refused.code, refused.status) == ("too-large", 413)


PATH = maker.VECTOR["url_path"]


@pytest.mark.parametrize(
    "text",
    [
        PATH,
        PATH.lower(),
        PATH[3:],
        PATH[3:].lower(),
        "https://stamp.example" + PATH,
        "HTTPS://STAMP.EXAMPLE:8443" + PATH + "/",
        "https://stamp.example/s/" + PATH[3:].lower() + "?lang=en#top",
        "".join(f"%{ord(sign):02x}" for sign in PATH),
        "https%3A%2F%2Fstamp.example" + PATH.replace("/", "%2F"),
        "  " + PATH + "\n",
    ],
)
def test_texts_that_are_read(text: str) -> None:
    assert token.token_from_text(text) == maker.TOKEN


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("/S/", "empty"),
        ("https://stamp.example/s/?x=1", "empty"),
        (PATH[:-1] + "B", "bad-base32"),  # the same bytes, spelled otherwise
        (PATH + "AA", "bad-base32"),  # a length that base32 does not have
        (PATH[:20] + "1" + PATH[21:], "bad-base32"),
        (PATH[:20] + " " + PATH[21:], "bad-base32"),
        (PATH[:20] + "ı" + PATH[21:], "bad-base32"),  # upper-cases to I
        (PATH[:20] + "ſ" + PATH[21:], "bad-base32"),  # upper-cases to S
        (PATH + "====", "bad-base32"),
        (PATH + "%00", "bad-base32"),
        (PATH[3:] + "/x", "bad-base32"),
        ("도장", "bad-base32"),
        ("%ff%fe", "bad-base32"),
    ],
)
def test_texts_that_are_refused(text: str, reason: str) -> None:
    assert refusal(token.token_from_text, text).reason == reason


def test_each_other_last_sign_is_refused() -> None:
    for sign in token.ALPHABET:
        if sign != PATH[-1]:
            assert isinstance(refusal(maker.read_text, PATH[:-1] + sign), Refusal)
