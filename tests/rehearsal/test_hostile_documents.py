"""Long fuzzing of the vault's door: whatever is done to a document, it is repainted or refused, never anything else."""

import random

import pytest
from flask import Flask

from idp.evidence import operations as evidence
from tests.factories import letter_image
from tests.idp.evidence import documents
from thai_web.refusal import Refusal

ROUNDS = 150


def _damaged(document: bytes, chance: random.Random) -> bytes:
    """The document with some bytes turned, cut out, doubled or replaced."""
    data = bytearray(document)
    for _ in range(chance.randint(1, 30)):
        place = chance.randrange(len(data))
        act = chance.choice(("turn", "cut", "double", "fill"))
        length = chance.randint(1, 64)
        if act == "turn":
            data[place] ^= 1 << chance.randrange(8)
        elif act == "cut" and len(data) > length + 16:
            del data[place : place + length]
        elif act == "double":
            data[place:place] = data[place : place + length]
        else:
            data[place : place + length] = bytes(chance.randrange(256) for _ in range(length))
    return bytes(data)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_document_is_repainted_or_refused(sqlite_app: Flask, seed: int) -> None:
    chance = random.Random(seed)
    originals = {"a.png": letter_image(), "a.pdf": documents.pdf()}
    outcomes = {"kept": 0, "refused": 0}
    with sqlite_app.app_context():
        for _ in range(ROUNDS):
            name, original = chance.choice(list(originals.items()))
            try:
                prepared = evidence.prepare(_damaged(original, chance), name)
            except Refusal:
                outcomes["refused"] += 1
            else:
                assert prepared.pages
                outcomes["kept"] += 1
    assert all(outcomes.values()), f"both must happen, or this proves nothing: {outcomes}"
