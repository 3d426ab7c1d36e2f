"""What the README shows and says is so."""

import re

import pytest

from candidate import Candidate


@pytest.fixture
def readme(root):
    return (root / "README.md").read_text()


def indented(text, heading):
    """The indented lines below a heading, up to the next one."""
    part = re.search(rf"^{heading}\n(.*?)(?=^#|\Z)", text, re.M | re.S)[1]
    return re.findall(r"^    (.*)$", part, re.M)


def test_the_sitting_of_the_readme_is_what_is_seen(readme, bundled, run, spawn):
    shown = indented(readme, "# viva")
    assert shown[0] == "$ viva" and len(shown) > 25
    answer = [line[2:] for line in shown if line.startswith("> ") and line[2:]]
    run("config", "level", "junior")
    c = Candidate(spawn())
    c.see("viva> ")
    c.type("")
    c.see("> ")
    c.type("", "5", "none", "", "")  # the card before the one that is shown
    c.see("2 of ", "> ")
    c.type(*answer, "", "4")
    c.see("Points you said")
    c.type(next(line for line in shown if line.startswith("Points")).split(": ")[-1], "")
    c.see("3 of ", "> ")  # of how many depends on the pace
    seen = re.sub(r"(?m)^(\d+ of) \d+ ", r"\1 N ", c.seen.replace("\r", ""))
    at = 0
    for line in shown[1:]:
        line = re.sub(r"^(\d+ of) \d+ ", r"\1 N ", line)
        line = re.sub(r"^\d+ of about", "0 of about", line)
        if line in ("", "...", "  ..."):
            continue
        assert line in seen[at:], line
        at = seen.index(line, at) + len(line)


def test_the_commands_of_the_readme_work(readme, bundled, run, home, deck):
    deck("# Mine\n\n## Question?\n\nAnswer.\n", "decks/mine.md")
    run("study", "--limit", "1")
    run("backup")  # as the first sitting of a day does
    lines = [line for line in indented(readme, "## Every day") if "URL" not in line]
    assert len(lines) > 8
    for line in lines:
        words = line.split("#")[0].replace("~", str(home)).split()
        assert words[0] == "viva"
        status = run(*words[1:], check=None).returncode
        assert status == 0 or (status == 1 and words[1] in ("list", "add")), line
    (pipe,) = re.findall(r"`printf '(.*?)' \| viva study --limit 1`", readme)
    run("study", "--limit", "1", input=pipe.replace("\\n", "\n"))
    assert run("log").stdout.count("\n") == 1


def test_the_help_that_the_readme_names_is_there(readme, run):
    topics = set(re.findall(r"`viva help ([a-z-]+)`", readme))
    assert {"recipes", "queries", "json", "decks", "sharing"} <= topics
    for topic in topics:
        assert run("help", topic).stdout


def test_the_code_that_the_readme_names_is_there(readme, root):
    code = readme[readme.index("## Where things are") :]
    sources = "".join(path.read_text() for path in (root / "src").rglob("*.c"))
    for name in re.findall(r"`(\w+)\(\)`", code):
        assert re.search(rf"\b{name}\(", sources), name
    for name in re.findall(r"`([a-z_]+)_\*\(\)`", code):
        assert re.search(rf"\b{name}_\w+\(", sources), name
    known = {path.name for path in root.rglob("*") if "build" not in path.parts}
    for name in re.findall(r"`((?:\w+/)*\w+(?:\.[ch]|\.md|/))`", code):
        path = root / name
        placeholder = "NAME" in name or "LAYER" in name
        assert placeholder or path.exists() or ("/" not in name and name in known), name
    for name in re.findall(r"^    ((?:src|include|tests|decks)\S*)", code, re.M):
        assert (root / name).exists(), name
