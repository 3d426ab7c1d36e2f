"""The machine checks of the build, each tried with planted faults in a small tree of its own."""

import shutil
import subprocess

import pytest

CLEAN = {
    "include/base/error.h": "int error_code(void);\n",
    "include/core/card.h": '#include "base/error.h"\n',
    "src/core/card.c": (
        '#include "core/card.h"\n\n#include <string.h>\n\n'
        "/* No system() and no printf() here. */\n"
        'static const char *const words = "strcpy(a, b) \\" puts(stdout)";\n\n'
        "int error_code(void)\n{\n\treturn (int)strlen(words);\n}\n"
    ),
    "src/ui/internal.h": "void out(void);\n",
    "src/ui/out.c": '#include "ui/internal.h"\n\n#include <stdio.h>\n\nvoid out(void)\n{\n\tputs("x");\n}\n',
}

FUNCTION = "void f(char *a);\n\nvoid f(char *a)\n{{\n\t{};\n}}\n"

FAULTS = [
    ("layers", "src/base/x.c", '#include "core/card.h"\n', "src/base/x.c:1: base may not include core"),
    ("layers", "src/core/x.c", '#include "ui/out.h"\n', "src/core/x.c:1: core may not include ui"),
    ("layers", "src/store/x.c", '\n#include "deck/parse.h"\n', "src/store/x.c:2: store may not include deck"),
    ("layers", "src/ui/x.c", '#include "os/file.h"\n', "ui may not include os"),
    ("layers", "src/ui/x.c", '#include "cmd/app.h"\n', "ui may not include cmd"),
    ("layers", "include/base/x.h", '#include "core/card.h"\n', "include/base/x.h:1: base may not"),
    ("layers", "src/cmd/x.c", '#include "../core/card.h"\n', "include names no layer"),
    ("layers", "src/core/x.c", "#include NAME\n", "include names no layer"),
    ("layers", "src/core/x.c", "# include <stdio.h>\n", "core may not include <stdio.h>"),
    ("layers", "src/core/x.c", "#include <time.h>\n", "core may not include <time.h>"),
    ("layers", "src/core/x.c", "#include <unistd.h>\n", "core may not include <unistd.h>"),
    ("layers", "src/cmd/x.c", "#include <sqlite3.h>\n", "<sqlite3.h> belongs to store"),
    ("layers", "src/main.c", "#include <readline/history.h>\n", "belongs to ui"),
    ("layers", "src/store/x.c", "#include <md4c.h>\n", "<md4c.h> belongs to deck ui"),
    ("layers", "src/ui/x.c", "#include <yaml.h>\n", "<yaml.h> belongs to deck"),
    ("layers", "src/cmd/x.c", "#include <uniwidth.h>\n", "<uniwidth.h> belongs to base ui"),
    ("layers", "src/cmd/x.c", '#include "ui/internal.h"\n', '"ui/internal.h" is private to ui'),
    ("layers", "src/store/x.c", "#include <sodium.h>\n", "<sodium.h> belongs to base net"),
    ("layers", "src/net/x.c", "#include <curl/curl.h>\n", "<curl/curl.h> belongs to fetch"),
    ("layers", "src/fetch/main.c", '#include "net/fetch.h"\n', "fetch may not include net"),
    ("layers", "src/wire/x.c", '#include "core/card.h"\n', "wire may not include core"),
    ("layers", "src/ui/x.c", '#include "wire/message.h"\n', "ui may not include wire"),
    ("layers", "src/other/x.c", "int x;\n", "src/other/x.c:1: is in no layer"),
    ("headers", "include/core/x.h", "size_t count(void);\n", "include/core/x.h:1"),
    ("headers", "src/ui/x.h", "void f(struct s *s);\n", "src/ui/x.h:1"),
    *(
        ("banned", "src/core/x.c", FUNCTION.format(call), f"src/core/x.c:5: {call.split('(')[0].strip()}")
        for call in (
            'strcpy(a, "")',
            'strcat(a, "")',
            'sprintf(a, "")',
            'vsprintf(a, "", b)',
            "gets(a)",
            'strtok(a, "")',
            "atoi(a)",
            "atol (a)",
            "system(a)",
            'popen(a, "r")',
            'scanf("")',
            'sscanf(a, "")',
            'fscanf(b, "")',
            "alloca(2)",
            "printf(a)",
            "puts(a)",
            "putchar(2)",
        )
    ),
    ("banned", "src/core/x.c", FUNCTION.format("fputs(a, stdout)"), "src/core/x.c:5: stdout"),
    ("banned", "src/ui/x.c", FUNCTION.format("/* */ atoi(a)"), "src/ui/x.c:5: atoi"),
    ("format-check", "src/core/x.c", "int  x ;\n", "src/core/x.c:1"),
    ("format-check", "include/core/x.h", "struct s\n{\n\tint a;\n};\n", "include/core/x.h:1"),
    ("cppcheck", "src/core/x.c", FUNCTION.format("char b[2];\n\ta[0] = b[2]"), "src/core/x.c:6"),
]


@pytest.fixture
def tree(root, tmp_path):
    """A small clean source tree with the real build file and checks."""
    shutil.copy(root / "Makefile", tmp_path)
    shutil.copy(root / ".clang-format", tmp_path)
    shutil.copytree(root / "tests/checks", tmp_path / "tests/checks")
    for name, text in CLEAN.items():
        plant(tmp_path, name, text)
    return tmp_path


def plant(tree, name, text):
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    (tree / name).write_text(text)


@pytest.mark.parametrize("target", ["layers", "headers", "banned", "format-check", "cppcheck"])
def test_a_clean_tree_passes(make, tree, target):
    done = make(target, cwd=tree)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("target, name, text, words", FAULTS)
def test_a_planted_fault_is_found_and_named(make, tree, target, name, text, words):
    plant(tree, name, text)
    done = make(target, cwd=tree)
    assert done.returncode != 0
    assert words in done.stdout


def test_a_failing_unit_test_fails_the_run_and_the_others_still_run(root, tmp_path):
    def program(name, script):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    bad = program("bad", "echo what is wrong; exit 1")
    silent = program("silent", "exit 0")
    good = program("good", "echo '[  PASSED  ] 3 test(s).'")
    done = subprocess.run(
        [root / "tests/checks/unit", bad, silent, good], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stdout == (
        "bad: FAILED (status 1)\nwhat is wrong\nsilent: FAILED (status 1)\ngood: passed 3 test(s).\n"
    )
