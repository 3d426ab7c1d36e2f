"""Which test each numbered row of the threats has that a subscriber meets: servers and publishers
that mean no good, files that were tampered with, two programs at once."""

from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
HOSTILE, TRUST = "test_sync_hostile.py", "test_sync_trust.py"
SERVERS, FAULTS = "test_sync_servers.py", "test_sync_faults.py"


def rows(file, numbers):
    """Rows whose tests begin with the word row and their number."""
    return {number: (file, f"row {number}: ") for number in numbers}


def named(file, numbers):
    """The same, in the name of a function."""
    return {number: (file, f"def test_row_{number}_") for number in numbers}


WHERE = {
    **rows(HOSTILE, [*range(1, 12), 14, 16, 17, 18, 19, 20, 25]),
    **named(HOSTILE, [12, 13, 15, 21, 22, 23, 24, 34, 50, 51, 53]),
    26: (HOSTILE, "def test_rows_26_and_65_"),
    65: (HOSTILE, "def test_rows_26_and_65_"),
    **rows(TRUST, [27, 28, 29, 30, 31, 32, 37, 38, 39, 40, 42, 43, 48, 49, 69, 70]),
    **named(TRUST, [33, 35, 36, 66, 67]),
    **{number: (TRUST, "def test_rows_41_to_49_") for number in (41, 46, 47)},
    44: ("test_terminal_threats.py", "def test_row_44_"),
    45: ("test_terminal_threats.py", "def test_row_45_"),
    52: (HOSTILE, "def test_row_52_"),
    54: (SERVERS, "def test_row_54_"),
    68: (FAULTS, "def test_row_68_"),
}


@pytest.mark.parametrize("row", [*range(1, 55), *range(65, 71)])
def test_every_row_has_its_test(row):
    file, words = WHERE[row]
    assert words in (HERE / file).read_text()
