"""`make install` and `make uninstall`: the exact list of files, and a program that works from there."""

import hashlib
import json
import os
import stat
import subprocess

import pytest


def deck_files(root):
    """The decks; the page for authors beside them is not installed."""
    return [path for path in (root / "decks").glob("*.md") if path.name != "README.md"]


@pytest.fixture
def install(make):
    """install(*variables) installs; uninstall is `install(..., target="uninstall")`."""

    def install(*variables, target="install"):
        done = make(target, *variables)
        assert done.returncode == 0, done.stdout

    return install


@pytest.fixture
def stage(tmp_path):
    return [f"DESTDIR={tmp_path}/stage", "PREFIX=/usr/local"]


def files_below(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def folders_below(folder):
    return [path for path in folder.rglob("*") if path.is_dir()]


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_install_puts_exactly_these_files_in_place(install, stage, root, tmp_path):
    install(*stage)
    decks = {f"share/viva/decks/{path.name}" for path in deck_files(root)}
    assert decks
    assert files_below(tmp_path / "stage/usr/local") == decks | {
        "bin/viva",
        "libexec/viva/viva-fetch",
        "share/viva/decks/LICENSE",
        "share/viva/decks/.stamp",
        "share/doc/viva/LICENSE",
        "share/doc/viva/README.md",
        "share/man/man1/viva.1",
        "share/man/man5/viva-decks.5",
        "share/man/man7/viva-sharing.7",
        "share/bash-completion/completions/viva",
        "share/zsh/site-functions/_viva",
        "share/fish/vendor_completions.d/viva.fish",
    }
    assert len(files_below(tmp_path / "stage")) == len(files_below(tmp_path / "stage/usr/local"))


def test_everybody_can_read_what_is_installed_whatever_the_umask(install, stage, tmp_path):
    old = os.umask(0o077)
    try:
        install(*stage)
    finally:
        os.umask(old)
    local = tmp_path / "stage/usr/local"
    programs = {"bin/viva", "libexec/viva/viva-fetch"}
    for name in programs:
        assert mode(local / name) == 0o755, name
    for name in files_below(local) - programs:
        assert mode(local / name) == 0o644, name
    for folder in folders_below(local):
        assert mode(folder) == 0o755, folder


def test_the_stamp_changes_with_the_decks(install, stage, root, tmp_path):
    install(*stage)
    decks = tmp_path / "stage/usr/local/share/viva/decks"
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(decks.glob("*.md"))
    ]
    stamp = hashlib.sha256("".join(lines).encode()).hexdigest()
    assert (decks / ".stamp").read_text() == stamp + "\n"


def test_installing_again_drops_decks_that_are_gone(install, stage, tmp_path):
    stale = tmp_path / "stage/usr/local/share/viva/decks/stale.md"
    stale.parent.mkdir(parents=True)
    stale.write_text("# Stale\n")
    install(*stage)
    assert not stale.exists()


def test_uninstall_leaves_nothing_of_ours_and_all_that_is_not(install, stage, tmp_path):
    local = tmp_path / "stage/usr/local"
    (local / "bin").mkdir(parents=True)
    (local / "bin/other").write_text("not ours")
    install(*stage)
    install(*stage, target="uninstall")
    assert files_below(local) == {"bin/other"}
    assert not (local / "libexec/viva").exists()
    assert not (local / "share/viva").exists()
    assert not (local / "share/doc/viva").exists()


def test_the_installed_program_finds_its_decks(install, stage, root, env, home, tmp_path):
    install(*stage)
    del env["VIVA_DECKS_DIR"]

    def viva(*args):
        done = subprocess.run(
            [tmp_path / "stage/usr/local/bin/viva", *args],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=env,
            cwd=home,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    viva("study")
    asked = {card["deck"] for card in json.loads(viva("list", "--json"))}
    assert len(asked) == len(deck_files(root))
