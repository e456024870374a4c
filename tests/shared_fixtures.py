"""Every test makes an application and documents of its own; what is the same each time is made once in a process."""

from collections import defaultdict
from functools import lru_cache
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from nacl.pwhash import argon2id
from sqlalchemy import Engine
from werkzeug.routing import Rule

from idp.evidence import sandbox
from idp.evidence.rules import MAX_PAGES, Kind
from idp.signin import passwords


class _Templates(BytecodeCache):
    """A third of the time of a test of pages went into compiling them."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


_compile_builder = Rule._compile_builder
_builders: dict[tuple[Any, ...], Any] = {}


def _address_builder(rule: Rule, append_unknown: bool = True) -> Any:
    """Most of making an application is compiling two hundred addresses."""
    key = (rule.rule, tuple(rule._trace), str(rule.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


_letters: set[bytes] = set()


def to_paint(letter: bytes) -> bytes:
    """Let the pages of this very letter be painted once; returns it."""
    _letters.add(letter)
    return letter


_rebuild = sandbox.rebuild
_painted = lru_cache(_rebuild)


def _paint(upload: bytes, kind: Kind, most_pages: int = MAX_PAGES) -> list[sandbox.PageImage]:
    """The sandbox takes an eighth of a second for a page, and most tests show the same few letters."""
    return _painted(upload, kind) if upload in _letters else _rebuild(upload, kind, most_pages)


class _Statements(dict[tuple[Any, ...], Any]):
    """Statements as SQLAlchemy compiled them, for every engine of one database's kind: each test has its own engine,
    and a tenth of its time went into compiling what the one before had compiled."""

    def __getitem__(self, key: tuple[Any, ...]) -> Any:
        return super().__getitem__(key[1:])

    def __setitem__(self, key: tuple[Any, ...], value: Any) -> None:
        super().__setitem__(key[1:], value)

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get(key[1:], default)


_statements: defaultdict[str, _Statements] = defaultdict(_Statements)


def compile_for(engine: Engine) -> None:
    """Let an engine take what another of its kind compiled. The first part of a key is the engine's own dialect."""
    engine.update_execution_options(compiled_cache=_statements[engine.dialect.name])


REAL_HASHES = passwords.MEMORY, passwords.PASSES
_CHEAP_HASHES = argon2id.MEMLIMIT_MIN, argon2id.OPSLIMIT_MIN


def begin() -> None:
    """For everything that this process makes. People who sign in thousands of times have cheap hashes, too: a stored
    hash names its own parameters."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _Templates()}
    Rule._compile_builder = _address_builder  # type: ignore[method-assign]
    sandbox.rebuild = _paint
    passwords.MEMORY, passwords.PASSES = _CHEAP_HASHES
