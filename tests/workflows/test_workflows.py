"""The workflows for GitHub: linted here, since nothing here can run them; and what they call is there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))

GOOD = """\
name: A
on: push
permissions: {}
jobs:
  a:
    name: A
    runs-on: ubuntu-24.04
    steps:
      - run: "true"
"""


def zizmor(folder: Path) -> subprocess.CompletedProcess[str]:
    """Validate the workflows under a folder against GitHub's schema and audit them, without a network."""
    program = shutil.which("zizmor", path=str(Path(sys.executable).parent))
    assert program, "zizmor is not in this environment, though requirements.txt names it"
    options = ["--offline", "--strict-collection", "--no-progress", "--format=json"]
    return subprocess.run([program, *options, str(folder)], capture_output=True, text=True, timeout=120)


def lint(folder: Path) -> list[str]:
    """What the linter has to say: the names of its findings."""
    done = zizmor(folder)
    assert done.stdout, done.stderr[:2000]
    return [finding["ident"] for finding in json.loads(done.stdout)]


def planted(folder: Path, text: str) -> Path:
    (folder / ".github" / "workflows").mkdir(parents=True)
    (folder / ".github" / "workflows" / "a.yml").write_text(text, encoding="utf-8")
    return folder


def steps(path: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


def test_there_are_two() -> None:
    assert [path.name for path in WORKFLOWS] == ["site.yml", "weekly.yml"]


def test_nothing_is_found() -> None:
    """Valid by GitHub's schema, least permissions, nothing interpolated into a shell, actions pinned."""
    assert lint(ROOT / ".github") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (GOOD.replace('"true"', 'echo "${{ github.event.issue.title }}"'), "template-injection"),
        (GOOD.replace('run: "true"', "uses: actions/checkout@v4"), "unpinned-uses"),
        (GOOD.replace("    steps:", "    permissions: write-all\n    steps:"), "excessive-permissions"),
    ],
    ids=["text of others in a shell", "moving tag", "all permissions"],
)
def test_what_is_planted_is_found(text: str, found: str, tmp_path: Path) -> None:
    assert found in lint(planted(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("on: push", "on: pushing"),
        GOOD.replace("    steps:", "    stps:"),
        GOOD.replace("runs-on: ubuntu-24.04", "runs_on: ubuntu-24.04"),
        GOOD + "   - wrongly indented\n",
    ],
    ids=["unknown event", "no steps", "no machine", "no YAML"],
)
def test_what_github_would_refuse_is_refused(text: str, tmp_path: Path) -> None:
    done = zizmor(planted(tmp_path, text))
    assert done.returncode != 0 and not done.stdout.strip().startswith("[]")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_and_say_their_version(path: Path) -> None:
    used = re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))
    assert used
    for one in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_it_calls_is_there(path: Path) -> None:
    """A renamed script is noticed here, not a week later."""
    commands = " ".join(step.get("run", "") for step in steps(path))
    named = re.findall(r"(?:^|\s)(?:/book/)?(\.ci/\w+|tests/[\w/]+\.py)\b", commands)
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_it_says_that_it_was_never_run(path: Path) -> None:
    """Take this test away with the comment, once the first run has succeeded."""
    assert path.read_text(encoding="utf-8").startswith("# Not yet run on GitHub")
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert f".github/workflows/{path.name}" in told and "not yet run" in told
