"""The settings that config.py reads are the ones that README.md tells of."""

from __future__ import annotations

import ast
import re
from typing import Final

from config import PROJECT_ROOT

SETTING: Final = re.compile(r"PORT|COURSEAPP_[A-Z_]+")
TABLE_ROW: Final = re.compile(r"^\| *`(PORT|COURSEAPP_[A-Z_]+)`", re.MULTILINE)


def settings_read() -> set[str]:
    tree = ast.parse((PROJECT_ROOT / "config.py").read_text(encoding="utf-8"))
    strings = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
    return {text for text in strings if isinstance(text, str) and SETTING.fullmatch(text)}


def test_the_table_of_settings_is_complete():
    readme = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
    told = TABLE_ROW.findall(readme)
    assert len(told) == len(set(told))
    assert set(told) == settings_read()


def test_every_setting_is_found():
    # One for each field of Settings, at least: serves_tls and uses_sqlite follow from others.
    assert len(settings_read()) >= 14


def test_only_config_reads_the_environment():
    reading = [
        path.relative_to(PROJECT_ROOT).as_posix()
        for path in sorted((PROJECT_ROOT / "courseapp").rglob("*.py"))
        if re.search(r"\b(environ|getenv)\b", path.read_text(encoding="utf-8"))
    ]
    assert not reading
