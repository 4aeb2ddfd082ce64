"""Files that are encrypted on the disk, and read from any place as if they were not.

A file is a header (a mark, the salt of its key, the beginning of its nonces) and pieces of 64 KiB, each encrypted and authenticated by
itself (AES-256-GCM, NIST SP 800-38D); a piece names its number and whether it is the last, so that none can be moved or cut off. The
key comes from a passphrase by scrypt (RFC 7914).
"""

import hashlib
import io
import os
from functools import lru_cache
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = b"DBKF\x01"
SALT, NONCE, TAG = 16, 8, 16
HEADER = len(MARK) + SALT + NONCE
PIECE = 64 * 1024


class Damaged(OSError):
    """A file was changed since it was encrypted, or with another passphrase."""


@lru_cache(maxsize=64)
def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(hashlib.scrypt(passphrase.encode(), salt=salt, n=2**15, r=8, p=1, maxmem=64 * 1024 * 1024, dklen=32))


@lru_cache(maxsize=8)
def salt_for(_passphrase: str) -> bytes:
    """Return this process's own salt: the key is made once, not for each file."""
    return os.urandom(SALT)


def seal(source: IO[bytes], out: IO[bytes], passphrase: str) -> tuple[str, int]:
    """Write all of `source` to `out`, encrypted; return the SHA-256 and the number of its bytes."""
    salt, prefix = salt_for(passphrase), os.urandom(NONCE)
    cipher, digest, size, number = _cipher(passphrase, salt), hashlib.sha256(), 0, 0
    out.write(MARK + salt + prefix)
    piece = source.read(PIECE)
    while True:
        following = source.read(PIECE) if len(piece) == PIECE else b""
        digest.update(piece)
        size += len(piece)
        out.write(cipher.encrypt(_nonce(prefix, number), piece, _label(number, is_last=not following)))
        if not following:
            return digest.hexdigest(), size
        piece, number = following, number + 1


def is_sealed(file: IO[bytes]) -> bool:
    """Say whether a file is one of these, without moving in it: a server may send it by its descriptor."""
    return os.pread(file.fileno(), len(MARK), 0) == MARK


def opens(file: IO[bytes], passphrase: str) -> bool | None:
    """Say whether a file from its beginning can be read with a passphrase; None for one that is not encrypted."""
    if file.read(len(MARK)) != MARK:
        return None
    file.seek(0)
    try:
        Unsealed(file, passphrase).read(1)
    except Damaged:
        return False
    return True


class Unsealed(io.RawIOBase):
    """An encrypted file, read from any place; Damaged where it was changed or the passphrase is another."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        super().__init__()
        self.file, self.at, self.number, self.piece = file, 0, -1, b""
        header = file.read(HEADER)
        self.prefix = header[len(MARK) + SALT :]
        self.cipher = _cipher(passphrase, header[len(MARK) : len(MARK) + SALT])
        sealed = file.seek(0, 2) - HEADER
        self.last = max(0, (sealed - 1) // (PIECE + TAG))
        self.size = sealed - (self.last + 1) * TAG

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place."""
        self.at = max(0, offset + (0, self.at, self.size)[whence])
        return self.at

    def tell(self) -> int:
        """Return the place."""
        return self.at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the buffer is always bytes here
        """Read into a buffer what stands at this place, up to the end of its piece."""
        number, offset = divmod(self.at, PIECE)
        if self.at >= self.size:
            return 0
        if number != self.number:
            self._open(number)
        found = self.piece[offset : offset + len(buffer)]
        buffer[: len(found)] = found
        self.at += len(found)
        return len(found)

    def _open(self, number: int) -> None:
        self.file.seek(HEADER + number * (PIECE + TAG))
        label = _label(number, is_last=number == self.last)
        try:
            self.piece = self.cipher.decrypt(_nonce(self.prefix, number), self.file.read(PIECE + TAG), label)
        except InvalidTag as problem:
            raise Damaged("the file was changed, or DATABASE_KEY is not the one it was kept with") from problem
        self.number = number

    def close(self) -> None:
        """Close the file beneath, too."""
        self.file.close()
        super().close()


def _nonce(prefix: bytes, number: int) -> bytes:
    return prefix + number.to_bytes(4, "big")


def _label(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(8, "big") + bytes([is_last])
