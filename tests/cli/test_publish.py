"""viva publish: sites for subscribers, signed so that the minisign tool agrees."""

import base64
import fcntl
import hashlib
import os
import re
import shutil
import signal
import stat
import subprocess

import pexpect
import pytest
from conftest import NOW, ROOT

# Made by minisign 0.11; they have signed nothing but tests.
PUBLIC = "RWQrfFSv97f9yOJiYZFJ3Buo5ZbhkmicvmwnGipyPemhtCxHYbC+W3TE"
SECRET = """untrusted comment: minisign encrypted secret key
RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAK3xUr/e3/cjF2zdgjSmSv7qq1jOIsFycT5TUEe6nB/RPwuHLrbdKfOJiYZFJ3Buo5ZbhkmicvmwnGipyPemhtCxHYbC+W3TEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
"""
KEY_ID = "C8FDB7F7AF547C2B"
PASSWORD = "pass"
LOCKED = """untrusted comment: minisign encrypted secret key
RWRTY0IyP8812V19fhR58+qzP15d9R2koXJ5U6HkTIGO1q05HVUAAAACAAAAAAAAAEAAAAAA6HlM5oaHh31B1DJzDpGjwWCHtWGEgWndMN2P0sbdsa7L7/93iR+xptx5WpsrOg/4e+beMoqtiE+wgGojCf+HPsdn4d01JH3ZK0aEpEShpvGZZTWa/Bpwg+F2LDst++KDKm+aUBNaTE0=
"""
LOCKED_ID = "BA253A121545B4E8"
OTHER_PUBLIC = "RWTotEUVEjolusi7eAZW7l/2zHojfMb1dcTkxrALEPA9g0MGRqExGQqE"


def text_of(name, cards=2, answer="An answer."):
    parts = [f"---\ndeck: {name}\ntitle: The {name} deck\n---\n\n# The {name} deck\n"]
    for n in range(cards):
        parts.append(f"\n## Question {n}?\n<!-- {{id: q{n}}} -->\n\n{answer}\n")
    return "".join(parts)


@pytest.fixture
def decks(home):
    folder = home / "decks"
    folder.mkdir()
    for name in ("orm", "testing"):
        (folder / f"{name}.md").write_text(text_of(name))
    return folder


@pytest.fixture
def site(home):
    return home / "site"


@pytest.fixture
def key(home):
    path = home / "viva.key"
    path.write_text(SECRET)
    return path


@pytest.fixture
def publish(run, decks, site):
    """publish(*options) publishes the decks to the site and returns what was printed."""

    def publish(*options, **more):
        done = run("publish", decks, "--out", site, *options, **more)
        return done.stdout if not done.returncode else done.stderr

    return publish


@pytest.fixture
def minisign(home):
    if not shutil.which("minisign"):
        pytest.skip("the minisign tool is not installed")

    def minisign(*args):
        return subprocess.run(["minisign", *map(str, args)], cwd=home, capture_output=True, text=True)

    return minisign


def index(site):
    """The index as a dictionary of its decks, with serial and the old files; checks every deck."""
    text = (site / "index.yaml").read_text()
    found = {}
    for entry in text.split("\nold:")[0].split("  - deck: ")[1:]:
        fields = dict(re.findall(r"^ {4}(\w+): (.*)$", entry, re.M))
        body = (site / fields["url"]).read_bytes()
        assert hashlib.sha256(body).hexdigest() == fields["sha256"]
        assert len(body) == int(fields["size"])
        name = entry.split("\n")[0]
        assert fields["url"] == f"d/{name}.{fields['sha256'][:16]}.md"
        found[name] = fields
    old = re.findall(r'  - url: "(.*)"\n', text)
    return {"serial": int(re.search(r"^serial: (\d+)$", text, re.M)[1]), "decks": found, "old": old}


def tree(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def test_a_folder_becomes_a_site(publish, site, decks):
    before = os.umask(0o077)
    try:
        said = publish("--title", "Interviews: mine", "--url", "https://example.org/django/")
    finally:
        os.umask(before)
    got = index(site)
    assert got["serial"] == 1 and set(got["decks"]) == {"orm", "testing"}
    assert got["decks"]["orm"]["title"] == '"The orm deck"'
    assert got["decks"]["orm"]["cards"] == "2"
    text = (site / "index.yaml").read_text()
    assert text.startswith('viva-index: 1\ntitle: "Interviews: mine"\nserial: 1\n')
    assert f'updated: "{NOW}"' in text
    for path in [site, *site.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o755 if path.is_dir() else 0o644), path
    assert "new       orm (2 cards)\n" in said
    assert "serial 1, 2 decks, 4 cards, not signed" in said
    assert "  viva subscribe 'https://example.org/django/index.yaml'\n" in said
    assert (site / got["decks"]["orm"]["url"]).read_bytes() == (decks / "orm.md").read_bytes()


@pytest.mark.parametrize("url", ["https://a.org/x", "https://a.org/x//", "https://a.org/x/index.yaml"])
def test_the_link_names_the_index_once(publish, url):
    assert "viva subscribe 'https://a.org/x/index.yaml'\n" in publish("--url", url)


def test_without_changes_nothing_is_written(publish, site):
    publish()
    before = tree(site)
    said = publish(now="2026-11-25T09:00:00Z")
    assert said == "Nothing has changed since serial 1 (--force publishes it anew).\n"
    assert tree(site) == before
    assert "unchanged 2 decks\n" in publish("--force")
    assert index(site)["serial"] == 2


def test_what_changed_is_told_deck_by_deck(publish, site, decks):
    publish()
    (decks / "orm.md").write_text(text_of("orm", cards=3))
    (decks / "testing.md").unlink()
    (decks / "security.md").write_text(text_of("security", cards=1))
    said = publish()
    assert "changed   orm (3 cards)\n" in said
    assert "new       security (1 card)\n" in said
    assert "removed   testing\n" in said
    assert "unchanged" not in said
    assert index(site)["serial"] == 2


def test_files_of_two_old_editions_are_kept_and_older_ones_removed(publish, site, decks):
    urls = []
    for cards in range(1, 7):
        (decks / "orm.md").write_text(text_of("orm", cards=cards))
        publish()
        got = index(site)
        urls.append(got["decks"]["orm"]["url"])
        assert set(got["old"]) == set(urls[-3:-1])
        names = {f"d/{path.name}" for path in (site / "d").iterdir()}
        assert names == {*urls[-3:], got["decks"]["testing"]["url"]}


def test_content_that_returns_is_not_removed(publish, site, decks):
    for cards in (1, 2, 1, 3, 1, 4, 1):
        (decks / "orm.md").write_text(text_of("orm", cards=cards))
        publish()
        index(site)


def test_files_of_others_are_never_touched(publish, site, decks):
    foreign = {
        "README.md": "x",
        "d/README.md": "x",
        "d/orm.0123456789abcdef.md": "not what its name says",
        "d/notes/orm.md": "x",
        "robots.txt": "x",
    }
    publish()
    for name, text in foreign.items():
        (site / name).parent.mkdir(exist_ok=True)
        (site / name).write_text(text)
    # Even where an index says that they are old editions of ours.
    text = (site / "index.yaml").read_text()
    text += "old:\n" + "".join(f"  - {{url: {name}, serial: 0}}\n" for name in foreign)
    text += "  - {url: d/orm.fedcba9876543210.md, serial: 0}\n"
    outside = site.parent / "outside"
    outside.write_text("x")
    (site / "d/orm.fedcba9876543210.md").symlink_to(outside)
    (site / "index.yaml").write_text(text)
    for cards in range(3, 7):
        (decks / "orm.md").write_text(text_of("orm", cards=cards))
        publish()
    assert index(site)["serial"] == 5
    for name, text in foreign.items():
        assert (site / name).read_text() == text
    assert (site / "d/orm.fedcba9876543210.md").is_symlink() and outside.read_text() == "x"


def test_a_deck_that_went_missing_or_was_damaged_is_put_back(publish, site):
    publish()
    got = index(site)
    (site / got["decks"]["orm"]["url"]).unlink()
    (site / got["decks"]["testing"]["url"]).write_text("damaged")
    said = publish()
    assert said.startswith("2 missing or damaged files written again. Nothing has changed")
    assert index(site) == got


def test_missing_ids_are_refused_and_the_cure_is_named(publish, site, decks, run):
    (decks / "orm.md").write_text("# ORM\n\n## A question?\n\nAn answer.\n")
    said = publish(check=6)
    assert "orm.md:1: deck has no id" in said and f"viva check --fix {decks}" in said
    (decks / "orm.md").write_text("---\ndeck: orm\n---\n# ORM\n\n## A question?\n\nAn answer.\n")
    assert "orm.md:6: card has no id" in publish(check=6)
    assert not site.exists()
    run("check", "--fix", decks)
    publish()


BAD = {
    "bad.md:3:1: card has no answer": b"# T\n\n## Question\n",
    "bad.md:1:1: byte 0xFF is not UTF-8": b"\xff",
    "deck id 'orm' is taken by": text_of("orm").encode(),
    "id 'q0' is taken": text_of("bad").replace("q1", "q0").encode(),
    "'../bad' is no id": text_of("bad").replace("deck: bad", "deck: ../bad").encode(),
    "line is longer than 64 KiB": text_of("bad").encode() + b"x" * 70000,
    "file is larger than 8 MiB": text_of("bad").encode() + b"0123456\n" * (1 << 20),
}


@pytest.mark.parametrize("message", BAD)
def test_a_bad_deck_is_refused_and_the_site_stays_as_it_is(publish, site, decks, message):
    publish()
    before = tree(site)
    (decks / "bad.md").write_bytes(BAD[message])
    said = publish(check=6)
    assert message in said and "nothing was published" in said
    assert tree(site) == before


def test_a_folder_without_decks_and_a_single_file_are_refused(run, home, site, decks):
    (home / "empty").mkdir()
    assert "no deck files" in run("publish", home / "empty", "--out", site, check=2).stderr
    assert "is a file" in run("publish", decks / "orm.md", "--out", site, check=2).stderr
    assert "no folder" in run("publish", home / "nowhere", "--out", site, check=2).stderr
    assert "--out" in run("publish", decks, check=2).stderr
    assert not site.exists()


def test_bom_and_old_signatures_are_not_published(publish, site, decks):
    text = text_of("orm")
    block = "<!-- viva-signature\nuntrusted comment: x\nRUQ\ntrusted comment: serial:1\nAA==\n-->\n"
    (decks / "orm.md").write_bytes(b"\xef\xbb\xbf" + (text + block).encode())
    publish()
    assert (site / index(site)["decks"]["orm"]["url"]).read_text() == text


def parts_of(path):
    """The content of a signed index and the file that minisign would have written for it."""
    lines = path.read_text().splitlines(keepends=True)
    assert lines[-4].startswith("# untrusted comment: ")
    return "".join(lines[:-4]), "".join(line[2:] for line in lines[-4:])


def test_minisign_verifies_what_viva_signed(publish, site, key, home, minisign):
    said = publish("--key", key, "--url", "https://example.org")
    assert f"signed by key {KEY_ID}" in said
    assert f"viva subscribe 'https://example.org/index.yaml#key={PUBLIC}'" in said
    content, signature = parts_of(site / "index.yaml")
    (home / "content").write_text(content)
    (home / "content.minisig").write_text(signature)
    done = minisign("-V", "-H", "-P", PUBLIC, "-m", "content")
    assert done.returncode == 0, done.stderr
    assert "serial:1" in done.stdout
    (home / "content").write_text(content.replace("serial: 1", "serial: 2"))
    assert minisign("-V", "-P", PUBLIC, "-m", "content").returncode != 0


def test_a_signed_site_stays_signed_by_its_key(publish, site, key, home):
    publish("--key", key)
    before = tree(site)
    said = publish("--force", check=7)
    assert KEY_ID in said and "give --key FILE" in said
    locked = home / "locked.key"
    locked.write_text(LOCKED)
    said = publish("--next-key", OTHER_PUBLIC, check=7)
    assert "give --key FILE" in said
    assert tree(site) == before


def rotated(home, minisign):
    minisign("-G", "-W", "-p", "new.pub", "-s", "new.key")
    public = (home / "new.pub").read_text().splitlines()[1]
    return home / "new.key", public


def test_a_key_is_changed_by_announcing_the_next(publish, site, key, home, minisign):
    new, public = rotated(home, minisign)
    publish("--key", key)
    said = publish("--key", new, check=7)
    assert KEY_ID in said and f"--next-key {public}" in said
    publish("--key", key, "--next-key", public)
    assert f"next-key: {public}\n" in (site / "index.yaml").read_text()
    # It stays announced until the new key signs.
    publish("--key", key, "--force")
    assert f"next-key: {public}\n" in (site / "index.yaml").read_text()
    publish("--key", new)
    assert "next-key" not in (site / "index.yaml").read_text()
    assert index(site)["serial"] == 4
    assert "subscribers refuse key" in publish("--key", key, "--force", check=7)


def test_an_index_changed_after_signing_is_refused(publish, site, key):
    publish("--key", key)
    path = site / "index.yaml"
    good = path.read_text()
    path.write_text(good.replace("serial: 1\n", "serial: 5\n"))
    assert "changed after signing" in publish("--key", key, check=5)
    path.write_bytes(good.replace("\n", "\r\n").encode())
    assert "line ends were changed" in publish("--key", key, check=5)
    path.write_text(good + "# more\n")
    assert "something follows" in publish("--key", key, check=5)
    path.write_text(good)
    publish("--key", key, "--force")


DAMAGE = {
    "no index": lambda text: "",
    "is missing": lambda text: text[: len(text) // 2],
    "'042' is no number": lambda text: text.replace("serial: 1", "serial: 042"),
    "needs a newer viva": lambda text: text.replace("viva-index: 1", "viva-index: 2"),
    "no serial is left": lambda text: text.replace("serial: 1", "serial: 1000000000000000"),
    "no plain relative path": lambda text: text.replace("d/orm", "../orm"),
    "longer than": lambda text: text + "#" + "x" * (2 << 20),
}


@pytest.mark.parametrize("message", DAMAGE)
def test_an_index_that_cannot_be_followed_is_refused(publish, site, message):
    publish()
    path = site / "index.yaml"
    path.write_text(DAMAGE[message](path.read_text()))
    before = tree(site)
    said = publish("--force", check=6)
    assert message in said and "--serial N" in said
    assert tree(site) == before
    path.unlink()
    publish("--serial", "100")
    assert index(site)["serial"] == 100


def test_an_index_that_is_no_file_is_refused(publish, site, home):
    publish()
    text = (site / "index.yaml").read_text()
    (home / "elsewhere").write_text(text)
    (site / "index.yaml").unlink()
    (site / "index.yaml").symlink_to(home / "elsewhere")
    assert "symbolic link" in publish("--force", check=8)
    assert (home / "elsewhere").read_text() == text
    (site / "index.yaml").unlink()
    (site / "index.yaml").mkdir()
    assert "not a regular file" in publish("--force", check=8)


def test_a_serial_can_be_given_but_never_a_used_one(publish, site):
    publish("--serial", "7")
    assert index(site)["serial"] == 7
    publish("--force")
    assert index(site)["serial"] == 8
    for serial in ("8", "0", "042", "+9", "x", "1000000000000001", "18446744073709551616"):
        publish("--serial", serial, check=2)
    publish("--serial", "1000000000000000")
    publish("--force", check=6)
    assert index(site)["serial"] == 1000000000000000


def test_what_is_not_given_stays_and_none_drops_it(publish, site, key):
    publish("--key", key, "--title", "Mine", "--refresh", "30d", "--moved-to", "https://a.org/i")
    publish("--key", key, "--force")
    text = (site / "index.yaml").read_text()
    assert 'title: "Mine"\n' in text and "refresh: 30d\n" in text
    assert 'moved-to: "https://a.org/i"\n' in text
    publish("--key", key, "--refresh", "none", "--moved-to", "none", "--title", "none")
    text = (site / "index.yaml").read_text()
    assert 'title: "decks"\n' in text and "refresh" not in text and "moved-to" not in text


@pytest.mark.parametrize(
    "options, status",
    [
        (("--refresh", "30"), 2),
        (("--refresh", "0d"), 2),
        (("--refresh", "-1d"), 2),
        (("--refresh", "99999d"), 2),
        (("--next-key", "RWQ"), 2),
        (("--next-key", OTHER_PUBLIC), 2),
        (("--moved-to", "http://a.org/"), 6),
        (("--moved-to", "https://u:p@a.org/"), 6),
        (("--title", "a\nb"), 6),
        (("--url", "a.org"), 2),
        (("--url", "https://a.org/#x"), 2),
        (("--url", "https://a.org/'x"), 2),
        (("--url", "https://"), 2),
    ],
)
def test_what_subscribers_would_refuse_is_not_published(publish, site, options, status):
    assert publish(*options, check=status).startswith("viva: ")
    assert not (site / "index.yaml").exists()


def test_a_promised_edition_is_published_when_it_is_due(publish, site):
    publish("--refresh", "30d")
    assert "Nothing has changed" in publish(now="2026-12-04T09:00:00Z")
    assert "serial 2" in publish(now="2026-12-05T09:00:00Z")
    assert "Nothing has changed" in publish(now="2026-12-06T09:00:00Z")


def test_two_publishers_do_not_write_at_once(publish, site):
    publish()
    before = tree(site)
    folder = os.open(site, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    assert "another viva is writing there" in publish("--force", check=8)
    assert tree(site) == before
    os.close(folder)
    publish("--force")


def test_a_site_that_cannot_be_written_is_named(publish, site, decks):
    site.mkdir()
    (site / "d").write_text("in the way")
    assert f"{site}/d: " in publish(check=8)
    (site / "d").unlink()
    target = site.parent / "target"
    target.mkdir()
    (site / "d").symlink_to(target)
    publish(check=8)
    assert not list(target.iterdir())


def test_a_read_only_site_stays_as_it_is(publish, site, decks, viva, env, home):
    publish()
    (decks / "orm.md").write_text(text_of("orm", cards=3))
    before = tree(site)
    drop = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
    if drop and not shutil.which("setpriv"):
        pytest.skip("root without setpriv can write everywhere")
    for folder in (site / "d", site):
        folder.chmod(0o555)
        done = subprocess.run(
            [*drop, viva, "publish", decks, "--out", site], capture_output=True, env=env, cwd=home
        )
        folder.chmod(0o755)
        assert done.returncode == 8, done.stderr
        assert b"Permission denied" in done.stderr
        assert tree(site)["index.yaml"] == before["index.yaml"]
        index(site)
    publish()


def test_a_killed_publisher_leaves_the_old_or_the_new_edition(publish, site, decks, viva, env, home, key):
    """Each round is killed a little later, until one has lived to its end."""
    publish("--key", key)
    for number in range(12):
        (decks / f"more{number}.md").write_text(text_of(f"more{number}"))
    serial, finished = 1, 0
    for number in range(400):
        (decks / "orm.md").write_text(text_of("orm", answer=f"Answer {number}."))
        child = subprocess.Popen(
            [viva, "publish", decks, "--out", site, "--key", key],
            env=env,
            cwd=home,
            stdout=subprocess.DEVNULL,
        )
        try:
            child.wait(timeout=0.002 * (number + 1))
            finished += 1
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait()
        assert child.returncode in (0, -signal.SIGKILL)
        got = index(site)
        assert got["serial"] in (serial, serial + 1)
        assert len(got["decks"]) in (2, 14)
        serial = got["serial"]
        if finished == 3:
            break
    assert finished == 3
    publish("--key", key, "--force")
    assert len(index(site)["decks"]) == 14
    assert not list(site.rglob(".viva*"))


def quickly_locked(password):
    """The key as minisign encrypts it, with the least work that its format allows."""
    key = bytearray(base64.b64decode(SECRET.splitlines()[1]))
    salt = bytes(range(32))
    check = hashlib.blake2b(key[:2] + key[54:126], digest_size=32).digest()
    stream = hashlib.scrypt(password.encode(), salt=salt, n=1024, r=8, p=1, dklen=104)
    secret = bytes(a ^ b for a, b in zip(bytes(key[54:126]) + check, stream))
    limits = (32768).to_bytes(8, "little") + (16 << 20).to_bytes(8, "little")
    whole = b"EdScB2" + salt + limits + secret
    return "untrusted comment: quick\n" + base64.b64encode(whole).decode() + "\n"


def test_the_password_is_the_first_line_of_a_pipe(publish, site, home):
    path = home / "locked.key"
    path.write_text(quickly_locked("open sesame"))
    for wrong in ("wrong\n", "open sesame \n", "\nopen sesame\n", "open sesam"):
        assert publish("--key", path, input=wrong, check=5) == f"viva: {path}: wrong password\n"
    assert not site.exists()
    said = publish("--key", path, input="open sesame\nmore\n")
    assert f"signed by key {KEY_ID}" in said and "sesame" not in said


def test_the_password_is_asked_for_on_a_terminal(spawn, decks, site, home):
    path = home / "locked.key"
    path.write_text(quickly_locked("open sesame"))
    child = spawn("publish", decks, "--out", site, "--key", path)
    child.expect_exact("Password of the key: ")
    child.send("open sesame\r")
    child.expect_exact(f"signed by key {KEY_ID}")
    assert "sesame" not in child.before
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 0


def test_a_key_with_a_password_of_minisign_is_read(publish, home):
    """The only test that does minisign's full work: seconds, and 1 GiB of memory."""
    path = home / "locked.key"
    path.write_text(LOCKED)
    assert f"signed by key {LOCKED_ID}" in publish("--key", path, input=f"{PASSWORD}\n")


def test_the_password_is_not_shown_on_a_terminal(spawn, decks, site, home):
    path = home / "locked.key"
    path.write_text(LOCKED)
    child = spawn("publish", decks, "--out", site, "--key", path)
    child.expect_exact("Password of the key: ")
    child.send("not shown\x03")
    child.expect_exact("no password was given")
    assert "not shown" not in child.before
    child.wait()
    assert child.exitstatus == 2
    assert not site.exists()


def test_without_a_password_nothing_is_published(publish, site, home):
    path = home / "locked.key"
    path.write_text(LOCKED)
    assert "no password was given" in publish("--key", path, check=2)
    assert not site.exists()


@pytest.mark.parametrize(
    "text, status, message",
    [
        (None, 2, "no file"),
        ("", 6, "not a secret key of minisign"),
        (f"untrusted comment: x\n{PUBLIC}\n", 6, "not a secret key of minisign"),
        (SECRET.replace("RWQAAEIy", "RWQAAEJy"), 6, "not a secret key of minisign"),
        (SECRET.replace("/cjF2z", "/cjF3z"), 6, "damaged"),
        ("x" * 100000, 6, "longer than"),
    ],
)
def test_what_is_no_key_signs_nothing(publish, site, home, text, status, message):
    path = home / "bad.key"
    if text is not None:
        path.write_text(text)
    assert message in publish("--key", path, check=status)
    assert not site.exists()


def recipes():
    page = (ROOT / "src/cmd/sharing.md").read_text()
    return re.findall(r"^```sh recipe\n(.*?)^```$", page, re.M | re.S)


def test_the_recipes_of_the_manual_work(viva, env, home, decks, site, minisign):
    """Every block of the page, in order, with keys that have no password."""
    (home / "deck.md").write_text(text_of("deck").replace("---\n", "---\nserial: 1\n", 1))
    (home / "index.yaml").write_text("viva-index: 1\ntitle: T\nserial: 1\ndecks: []\n")
    bin = home / "bin"
    bin.mkdir()
    (bin / "viva").symlink_to(viva)
    for recipe in recipes():
        done = subprocess.run(
            ["sh", "-e", "-c", recipe.replace("minisign -G", "minisign -G -W")],
            cwd=home,
            env={**env, "PATH": f"{bin}:{env['PATH']}"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, recipe + done.stdout + done.stderr
    assert len(recipes()) == 10
    text = (site / "index.yaml").read_text()
    assert 'moved-to: "https://example.net/django/index.yaml"' in text and "next-key" not in text
    # What was signed by hand is what viva takes for signed: the tool checked `signed.md` above,
    # and a site begun with the index made by hand goes on.
    (home / "hand").mkdir()
    shutil.copy(home / "index.yaml", home / "hand/index.yaml")
    done = subprocess.run(
        [viva, "publish", decks, "--out", home / "hand", "--key", home / "viva.key"],
        env=env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert index(home / "hand")["serial"] == 2
