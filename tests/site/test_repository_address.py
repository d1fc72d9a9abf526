"""The repository's address stands once in _config.yml; one command changes it wherever it has to be repeated."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import book_address
import pytest
import set_repository
from site_pages import ROOT

OLD = set_repository.address_in_force(ROOT)
NEW = "https://github.com/some-school/gpu-course"
BINARY = {".png", ".woff2", ".ico", ".jpg", ".whl", ".pyc"}


def kept_files(root: Path) -> list[Path]:
    """Return the files that belong to the repository: what git tracks, or all where there is no git."""
    listing = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=False)
    if listing.returncode == 0 and listing.stdout:
        found = [root / name for name in listing.stdout.splitlines()]
    else:
        skipped = {".git", ".venv", ".cache", "_build", "node_modules", "__pycache__", "build", "dist"}
        found = [path for path in root.rglob("*") if not skipped & set(path.relative_to(root).parts)]
        found = [path for path in found if not any(part.endswith(".egg-info") for part in path.parts)]
    return [path for path in found if path.is_file() and path.suffix not in BINARY]


def test_config_holds_it_once() -> None:
    """One line to look at, one line to change."""
    text = (ROOT / "_config.yml").read_text(encoding="utf-8")
    slug = "/".join(book_address.split_address(OLD))
    assert text.count(slug) == 1


def test_it_stands_nowhere_else() -> None:
    """Every file that repeats the address is one the command rewrites."""
    slug = "/".join(book_address.split_address(OLD))
    repeats = {path for path in kept_files(ROOT) if slug in path.read_text(encoding="utf-8", errors="ignore")}
    assert repeats <= set(set_repository.files_that_repeat(ROOT))


def test_command_changes_all(tmp_path: Path) -> None:
    """After the command, nothing of the old address is left, and going back restores every byte."""
    for path in set_repository.files_that_repeat(ROOT):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    changed = set_repository.set_address(NEW, tmp_path)
    assert tmp_path / "_config.yml" in changed and tmp_path / "README.md" in changed
    assert set_repository.address_in_force(tmp_path) == NEW
    slug = "/".join(book_address.split_address(OLD))
    for path in set_repository.files_that_repeat(tmp_path):
        text = path.read_text(encoding="utf-8")
        assert slug not in text and book_address.site_address(OLD) not in text
    set_repository.set_address(OLD, tmp_path)
    for path in set_repository.files_that_repeat(ROOT):
        assert (tmp_path / path.relative_to(ROOT)).read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("see https://github.com/first-owner/book.", "see https://github.com/some-school/gpu-course."),
        (
            "pip install git+https://github.com/first-owner/book.git",
            "pip install git+https://github.com/some-school/gpu-course.git",
        ),
        (
            "https://colab.research.google.com/github/first-owner/book/blob/main/a.ipynb",
            "https://colab.research.google.com/github/some-school/gpu-course/blob/main/a.ipynb",
        ),
        ("https://first-owner.github.io/book/a.html", "https://some-school.github.io/gpu-course/a.html"),
        ("the book of first-owner", "the book of first-owner"),
        ("first-owner/bookshelf", "first-owner/bookshelf"),
    ],
)
def test_forms(before: str, after: str) -> None:
    """The address in its forms changes; what only looks like it stays."""
    assert set_repository.rewrite(before, "https://github.com/first-owner/book", NEW) == after


@pytest.mark.parametrize(
    "wrong", ["", "some-school/gpu-course", "http://github.com/a/b", "https://gitlab.com/a/b"]
)
def test_wrong_address_changes_nothing(wrong: str, tmp_path: Path) -> None:
    """What is not an address is refused before anything is written."""
    config = tmp_path / "_config.yml"
    shutil.copy(ROOT / "_config.yml", config)
    with pytest.raises(ValueError, match="not of the form"):
        set_repository.set_address(wrong, tmp_path)
    assert config.read_bytes() == (ROOT / "_config.yml").read_bytes()


def test_pages_follow() -> None:
    """What pages write between double braces follows from the address."""
    made = book_address.substitutions(NEW, "main")
    assert all("some-school/gpu-course" in text for text in made.values())
    assert book_address.site_address(NEW) == "https://some-school.github.io/gpu-course/"
    assert book_address.site_address("https://github.com/Ann/ann.github.io") == "https://ann.github.io/"
