"""Hand-over by a signed webhook: one POST with manifest and picture, acknowledged in the answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import httpx

from app.core.reach import Allowed
from app.photos.gateways import careful
from app.photos.rules import webhook
from app.photos.rules.delivery import DONE, Parcel

LARGEST_ANSWER = 64 * 1024
TEST = "test"


class Webhook:
    """One address that takes signed deliveries."""

    def __init__(self, url: str, secret: bytes, allowed: Allowed, now: Callable[[], int]) -> None:
        """Connects to nothing yet.

        Args:
            url: where to post.
            secret: the shared key.
            allowed: what may be reached.
            now: the clock; the time of sending is signed.

        Raises:
            NoSecret: the key is empty.
        """
        if not secret:
            raise webhook.NoSecret("no-secret")
        self.url, self.secret, self.now = url, secret, now
        self.client = httpx.Client(**careful.options(allowed, LARGEST_ANSWER))

    def prepare(self, _parcel: Parcel) -> bool:
        """Nothing lies on the other side before the one request."""
        return False

    def publish(self, parcel: Parcel) -> str:
        """Post one delivery.

        Raises:
            Failure: it was not acknowledged.
        """
        files = {
            "manifest": (parcel.list, parcel.manifest, "application/json"),
            "file": (parcel.picture, parcel.content, "image/jpeg"),
        }
        with careful.told():
            request = self.client.build_request("POST", self.url, files=files)
            self._send(request, parcel.key, again=parcel.again)
        return DONE

    def tidy(self, _parcel: Parcel) -> None:
        """Nothing is left behind."""

    def test(self, key: str) -> None:
        """Post a test, which is to be acknowledged like a delivery.

        Raises:
            Failure: it was not.
        """
        with careful.told():
            request = self.client.build_request("POST", self.url, json={"type": TEST, "key": key})
            self._send(request, key)

    def close(self) -> None:
        """Give the connections back."""
        self.client.close()

    def _send(self, request: httpx.Request, key: str, *, again: bool = False) -> None:
        body = request.read()
        request.headers.update(webhook.headers(self.secret, key, self.now(), body))
        with closing(self.client.send(request, stream=True)) as answer:
            wish = answer.headers.get("Retry-After", "")
            # Only an acknowledgement has a body that says something: what comes after a refusal
            # can neither be too long nor break off.
            body = answer.read() if answer.is_success else b""
            webhook.check_answer(answer.status_code, body, key, wish, again=again)
