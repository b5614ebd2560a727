"""The fixtures that authors are given, where no conftest of ours takes their place."""

from __future__ import annotations

import os
import subprocess
import sys

CODE = """
from datetime import timedelta

def test_all(crm, clock, plugin_host, customers, tmp_path):
    added = crm.add(company="某某科技", phone="139")
    assert added.id == "20240501001" and crm.host is plugin_host
    before = crm.clock()
    clock.forward(days=2)
    assert crm.clock() - before == timedelta(days=2)
    assert {c.status for c in customers} == {"open", "won", "lost", "invalid"}
    assert len({c.id for c in customers}) == len(customers) > 12
    assert not list(tmp_path.iterdir()) or crm.config.directory == tmp_path
"""


def test_a_strangers_tests_get_them_and_importing_them_is_cheap(tmp_path) -> None:
    (tmp_path / "test_mine.py").write_text(CODE, "utf-8")
    (tmp_path / "conftest.py").write_text(
        "import sys\n"
        "def pytest_configure(config):\n"
        "    heavy = {'attrs', 'crmcore.crm', 'filelock', 'sqlalchemy', 'cattrs'}\n"
        "    loaded = heavy & set(sys.modules)\n"
        "    assert 'crmcore.testing.plugin' in sys.modules and not loaded, loaded\n",
        "utf-8",
    )
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:hypothesispytest",
            "-p",
            "no:cacheprovider",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
