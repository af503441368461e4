"""Hand-over to a WebDAV folder through fsspec: put aside, read back, then moved into its place.

The danger removed here: a half-written file that the office takes for a whole one. Nothing has its
final name before it was read back equal, and the manifest gets its name last; whether that last
move has happened can be told afterwards, so that a killed worker does not hand over twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Iterator

from webdav4.client import (
    BadGatewayError,
    Client,
    ClientError,
    ForbiddenOperation,
    HTTPError,
    InsufficientStorage,
    ResourceConflict,
    ResourceLocked,
    ResourceNotFound,
)
from webdav4.fsspec import WebdavFileSystem
from webdav4.http import Client as HttpClient

from app.core.reach import Allowed
from app.photos.gateways import careful
from app.photos.rules import webhook
from app.photos.rules.delivery import DONE, Astray, Damaged, Failure, Parcel, Unreachable

LARGEST_ANSWER = 48 * 1024 * 1024  # of a picture that is read back


class Webdav:
    """One WebDAV folder."""

    def __init__(self, url: str, account: str, secret: str, allowed: Allowed) -> None:
        """Connects to nothing yet.

        Args:
            url: the folder's address.
            account: the account there, or "".
            secret: its password.
            allowed: what may be reached.
        """
        auth = (account, secret) if account else None
        http = HttpClient(base_url=url, auth=auth, **careful.options(allowed, LARGEST_ANSWER))
        self.http = http
        self.system = WebdavFileSystem(
            url, client=Client(url, http_client=http, retry=False), skip_instance_cache=True
        )

    def prepare(self, parcel: Parcel) -> bool:
        """Bring everything there under other names; True when only the last move is left."""
        with _told():
            if self._there(parcel.list):
                return True
            self._place(parcel.picture, parcel.content)
            self._place(parcel.sums, f"{parcel.sha256}  {parcel.picture}\n".encode())
            self._put(f"{parcel.list}.tmp", parcel.manifest)
        return True

    def publish(self, parcel: Parcel) -> str:
        """Give the manifest its name. That it is gone from beside, and the picture too, means that
        it had it and that the office has taken both."""
        with _told():
            if not self._there(parcel.list):
                try:
                    self._move(f"{parcel.list}.tmp", parcel.list)
                except ResourceNotFound:
                    self._publish_anew(parcel)
        return DONE

    def _publish_anew(self, parcel: Parcel) -> None:
        """What to do when there is no manifest, under neither name.

        Raises:
            ResourceNotFound: the folder itself is gone, which says nothing of the photo.
        """
        self._look("")
        if self._there(parcel.picture):  # nobody takes a photo without its manifest: it was lost
            self._put(f"{parcel.list}.tmp", parcel.manifest)
            self._move(f"{parcel.list}.tmp", parcel.list)

    def tidy(self, _parcel: Parcel) -> None:
        """What is handed over is the office's."""

    def test(self, key: str) -> None:
        """Write, read back, move and delete a small file.

        Raises:
            Failure: something of it did not work.
        """
        with _told():
            self._place(f"test-{key}.txt", b"test\n")
            self.system.client.remove(f"test-{key}.txt")

    def close(self) -> None:
        """Give the connections back."""
        self.http.close()

    def _place(self, name: str, content: bytes) -> None:
        self._put(f"{name}.tmp", content)
        self._move(f"{name}.tmp", name)

    def _put(self, name: str, content: bytes) -> None:
        size = len(content)
        client = self.system.client
        client.upload_fileobj(io.BytesIO(content), name, overwrite=True, size=size)
        if hashlib.sha256(self.system.cat_file(name)).digest() != hashlib.sha256(content).digest():
            raise Damaged("half-written")

    def _move(self, name: str, final: str) -> None:
        self.system.client.move(name, final, overwrite=True)

    def _there(self, name: str) -> bool:
        try:
            self._look(name)
        except ResourceNotFound:
            return False
        return True

    def _look(self, name: str) -> None:
        """Ask for one thing alone: without a depth, a folder is told with all that lies in it.

        Raises:
            ResourceNotFound: it is not there.
        """
        self.system.client.propfind(name, headers={"Depth": "0"})


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        with careful.told():
            yield
    except (ClientError, FileNotFoundError) as error:
        raise _failure(error) from error


def _failure(error: Exception) -> Failure:
    """What an error of the library means."""
    if isinstance(error, InsufficientStorage):
        return Unreachable("full")
    if isinstance(error, BadGatewayError):
        return Unreachable("status:502")
    if isinstance(error, ResourceLocked):
        return Damaged("status:423")
    if isinstance(error, ForbiddenOperation):
        return webhook.refusal(403)
    if isinstance(error, HTTPError) and error.status_code != 409:
        return webhook.refusal(int(error.status_code))
    if isinstance(error, HTTPError | ResourceConflict | ResourceNotFound | FileNotFoundError):
        return Astray("no-folder")
    return Damaged("half-written")
