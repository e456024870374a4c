import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from idp.evidence.vault import Vault, VaultError, new_name

TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "evidence")


def test_what_is_written_is_read_back_until_it_is_removed(vault: Vault) -> None:
    name = new_name()
    vault.write(name, b"sealed")
    assert vault.read(name) == b"sealed"
    (file,) = vault.folder.glob("*/*")
    os.utime(file, (TEN.timestamp(), TEN.timestamp()))
    assert list(vault.names()) == [(name, TEN)]
    vault.remove(name)
    vault.remove(name)
    assert list(vault.names()) == []
    with pytest.raises(FileNotFoundError):
        vault.read(name)


def test_only_the_owner_of_the_process_may_read_the_files(vault: Vault) -> None:
    name = new_name()
    vault.write(name, b"sealed")
    path = vault.folder / name[:2] / name
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "name",
    ["", "..", "../../etc/passwd", "/etc/passwd", "a" * 31, "A" * 32, "a" * 32 + "\n", "a" * 30 + "/a", "ก" * 32],
)
def test_a_name_that_the_vault_did_not_make_is_refused(vault: Vault, name: str) -> None:
    for act in (vault.read, vault.remove, lambda name: vault.write(name, b"")):
        with pytest.raises(VaultError):
            act(name)


def test_a_link_does_not_lead_out_of_the_vault(vault: Vault, tmp_path: Path) -> None:
    outside, name = tmp_path / "outside", new_name()
    outside.mkdir()
    (outside / name).write_bytes(b"a stranger's file")
    vault.folder.mkdir()
    (vault.folder / name[:2]).symlink_to(outside)
    with pytest.raises(VaultError):
        vault.read(name)
    (vault.folder / name[:2]).unlink()
    (vault.folder / name[:2]).mkdir()
    (vault.folder / name[:2] / name).symlink_to(outside / name)
    with pytest.raises(OSError, match="symbolic"):
        vault.read(name)


def test_a_write_that_breaks_off_leaves_nothing_under_the_name(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def power_cut(_handle: int) -> None:
        raise OSError("power cut")

    name = new_name()
    monkeypatch.setattr(os, "fsync", power_cut)
    with pytest.raises(OSError, match="power cut"):
        vault.write(name, b"sealed")
    with pytest.raises(FileNotFoundError):
        vault.read(name)
    assert len(list(vault.names())) == 1  # the draft, which the sweep will find
