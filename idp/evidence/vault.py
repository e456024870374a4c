"""Where sealed pages lie. The only module that opens files below the evidence folder.

It keeps bytes under random names and knows neither keys nor documents, so that an object store can take its
place.
"""

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

NAME = re.compile(r"[0-9a-f]{32}")


class VaultError(Exception):
    """A name that the vault did not give out, or a place outside its folder."""


def new_name() -> str:
    """A name that tells nothing and is never used twice."""
    return secrets.token_hex(16)


class Vault:
    """Files in one folder, fanned out over 256 sub-folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def write(self, name: str, content: bytes) -> None:
        """Keep `content` under a fresh name, so that it survives a power cut. Raises `VaultError`."""
        path = self._path(name)
        # Written under a second random name first, so that no half file ever stands under `name`. What a
        # crash leaves behind has a regular name without a row, and is swept like any other.
        draft = self._path(new_name())
        for folder in (draft.parent, path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        _sync(path.parent)

    def read(self, name: str) -> bytes:
        """The bytes kept under `name`. Raises `VaultError`, or `FileNotFoundError` when there are none."""
        with os.fdopen(os.open(self._path(name), os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            return file.read()

    def remove(self, name: str) -> None:
        """Forget `name`; twice does no harm. Raises `VaultError`."""
        self._path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Each name and when it was written."""
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*"):
            if NAME.fullmatch(path.name):
                with suppress(FileNotFoundError):  # another sweep was faster
                    yield path.name, datetime.fromtimestamp(path.lstat().st_mtime, UTC)

    def free(self) -> int:
        """How many bytes the disk still takes."""
        place = next(each for each in (self.folder, *self.folder.parents) if each.exists())
        return shutil.disk_usage(place).free

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise VaultError("not a name of the vault")
        path = self.folder / name[:2] / name
        if path.parent.resolve() != path.parent:
            raise VaultError("a sub-folder leads out of the vault")
        return path


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
