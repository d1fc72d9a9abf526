#!/bin/sh
# Make a virtual environment that holds what the book needs: setup.sh FOLDER [PYTHON]
# Called by the Makefile; it decides when to run this again.
set -eu
venv=$1
wanted=${2:-}

stop() { echo "$1" >&2; exit 1; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

python=""
for candidate in ${wanted:-python3 python3.13 python3.12 python3.11 python3.14 python}; do
    if command -v "$candidate" >/dev/null 2>&1 && new_enough "$candidate"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    found=$("${wanted:-python3}" --version 2>&1) || found="none"
    stop "This book needs Python 3.11 or newer (found: $found). Install one, or name it: make PYTHON=/path/to/python3.12"
fi
if [ "$(uname -s)" = Darwin ]; then
    echo "NVIDIA publishes no compiler wheels for macOS: the site builds here, but notebooks run in Colab or in an arm64 Linux container." >&2
fi

rm -rf "$venv"
"$python" -m venv "$venv" || stop "$python cannot make virtual environments; on Debian or Ubuntu: apt install python3-venv"
bin=$venv/bin
if [ -d "$venv/Scripts" ]; then bin=$venv/Scripts; fi

echo "Installing requirements.txt into $venv (about a minute, about 1.4 GB, once)"
"$bin/python" -m pip install --quiet --disable-pip-version-check -r requirements.txt ||
    stop "Installing requirements.txt failed; the lines above say why. It needs a network and about 1.4 GB of disk."
"$bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --editable . ||
    stop "Installing the packages under src/ failed; the lines above say why."
