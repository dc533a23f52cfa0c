"""The format of a backup: a ZIP archive with a manifest, the files of the base and the database.

A backup may come from anybody, so everything about it is checked before anything is written outside a temporary file: the
archive's size, its directory, the names, kinds, sizes and checksums of its members, the base and the database.
"""

import hashlib
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from bot.errors import EditError
from bot.files.zip_members import UNREADABLE, is_plainly_packed, is_regular_file
from bot.story.base_files import MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES
from bot.story.repository import FileSnapshot, check_file_names

FORMAT = 1
MANIFEST, DATABASE, BASE = "pilcrow-backup.json", "database.sqlite3", "base/"
MAX_DATABASE_BYTES = 1_000_000_000
MAX_BACKUP_BYTES = MAX_DATABASE_BYTES + MAX_TOTAL_BYTES + 1_000_000
MAX_MANIFEST_BYTES = 100_000
MAX_DIRECTORY_BYTES = 200_000
"""Bytes of the archive's list of its members, which the library reads as a whole."""
CHUNK = 1 << 20
NOT_A_BACKUP = "that is not a backup of this program, or it is damaged"
_END = struct.Struct("<4s4H2LH")
"""ZIP's end of central directory record, without a comment."""


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup says of itself. schema: of the database, None where there is none in it."""

    format: int
    program: str
    made: str
    """When, in UTC."""
    revision: str
    """Of the base."""
    schema: str | None
    checksums: dict[str, str]
    """SHA-256 of each member, by name."""


def write_backup(target: IO[bytes], snapshot: FileSnapshot, database: Path | None, about: Manifest) -> None:
    """Write a backup; `about` without checksums. Raise OSError."""
    checksums = {f"{BASE}{name}": hashlib.sha256(data).hexdigest() for name, data in snapshot.files.items()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=False) as archive:
        for name, data in sorted(snapshot.files.items()):
            archive.writestr(f"{BASE}{name}", data)
        if database is not None:
            archive.write(database, DATABASE)
            with database.open("rb") as file:
                checksums[DATABASE] = hashlib.file_digest(file, "sha256").hexdigest()
        archive.writestr(MANIFEST, msgspec.json.encode(msgspec.structs.replace(about, checksums=checksums)))


class BackupFile:
    """An opened backup. Every method raises EditError where it can't be used."""

    def __init__(self, file: IO[bytes]) -> None:
        try:
            _check_directory(file)
            self._archive = zipfile.ZipFile(file)
            self._members = {member.filename: member for member in self._archive.infolist()}
            _check_members(self._archive.infolist())
            self.manifest = msgspec.json.decode(self._read(MANIFEST, MAX_MANIFEST_BYTES), type=Manifest)
        except (*UNREADABLE, msgspec.MsgspecError) as error:
            raise EditError(NOT_A_BACKUP) from error
        if self.manifest.format > FORMAT:
            raise EditError("the backup was made by a newer version of this program; update the program")
        if self.manifest.checksums.keys() != self._members.keys() - {MANIFEST}:
            raise EditError(NOT_A_BACKUP)

    @property
    def has_database(self) -> bool:
        """Whether there is a database in it."""
        return DATABASE in self._members

    def base(self) -> FileSnapshot:
        """Return the files of the base, which are those that the manifest names."""
        names = [name for name in self._members if name.startswith(BASE)]
        files: Mapping[str, bytes] = {name.removeprefix(BASE): self._checked(name, MAX_FILE_BYTES) for name in names}
        snapshot = FileSnapshot.of(files)
        if snapshot.revision != self.manifest.revision:
            raise EditError(NOT_A_BACKUP)
        return snapshot

    def extract_database(self, target: IO[bytes]) -> None:
        """Write the database to a file, no more of it than the archive says there is."""
        total, left = hashlib.sha256(), self._members[DATABASE].file_size
        try:
            with self._archive.open(DATABASE) as source:
                while left > 0 and (chunk := source.read(min(CHUNK, left))):
                    target.write(chunk)
                    total.update(chunk)
                    left -= len(chunk)
        except UNREADABLE as error:
            raise EditError(f"the database in the backup can't be unpacked: {error}") from error
        if left or total.hexdigest() != self.manifest.checksums[DATABASE]:
            raise EditError(NOT_A_BACKUP)

    def _read(self, name: str, limit: int) -> bytes:
        with self._archive.open(name) as file:
            return file.read(limit)

    def _checked(self, name: str, limit: int) -> bytes:
        """Return a member that is as its checksum says."""
        try:
            data = self._read(name, limit)
        except UNREADABLE as error:
            raise EditError(NOT_A_BACKUP) from error
        if hashlib.sha256(data).hexdigest() != self.manifest.checksums[name]:
            raise EditError(NOT_A_BACKUP)
        return data


def _check_directory(file: IO[bytes]) -> None:
    """Check the size of the archive and of its list of members, before the library reads that. Raise ValueError."""
    size = file.seek(0, 2)
    if not _END.size <= size <= MAX_BACKUP_BYTES:
        raise ValueError(size)
    file.seek(size - _END.size)
    signature, _, _, _, count, length, start, comment = _END.unpack(file.read(_END.size))
    if signature != b"PK\5\6" or comment or not 1 <= count <= MAX_FILES + 2 or length > MAX_DIRECTORY_BYTES:
        raise ValueError(count)
    if start + length != size - _END.size:  # a larger ZIP64 directory, or bytes of something else
        raise ValueError(start)
    file.seek(0)


def _check_members(members: Sequence[zipfile.ZipInfo]) -> None:
    """Check all that can be checked without unpacking. Raise EditError."""
    names = [member.filename for member in members]
    base = [name.removeprefix(BASE) for name in names if name.startswith(BASE)]
    others = [name for name in names if not name.startswith(BASE)]
    if len(set(names)) != len(names) or MANIFEST not in names or not {MANIFEST, DATABASE}.issuperset(others):
        raise EditError(NOT_A_BACKUP)
    check_file_names(base)
    limits = {MANIFEST: MAX_MANIFEST_BYTES, DATABASE: MAX_DATABASE_BYTES}
    for member in members:
        if member.file_size > limits.get(member.filename, MAX_FILE_BYTES):
            raise EditError(f"in the backup, {member.filename} is larger than this program ever makes it")
        if not is_plainly_packed(member) or member.flag_bits & 1:
            raise EditError(NOT_A_BACKUP)
        if not is_regular_file(member):
            raise EditError(f"in the backup, {member.filename} is a link or a device")
    if sum(member.file_size for member in members if member.filename.startswith(BASE)) > MAX_TOTAL_BYTES:
        raise EditError("the base in the backup is larger than a base may be")
