#!/bin/sh
# Prints the path of a Python 3.11 to 3.13 that can make virtual environments, or says what was found instead.
# A name on PATH proves nothing (version managers put stubs there), so each one is run.
# The base interpreter is printed, because the set-up must not run on the .venv that it may have to rebuild.
probe='
import sys
version = "%d.%d.%d" % sys.version_info[:3]
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit("is Python " + version)
try:
    import ensurepip, venv
except ImportError:
    sys.exit("is Python " + version + " without its venv module (Debian and Ubuntu: apt-get install python3-venv)")
print(getattr(sys, "_base_executable", sys.executable))
'
rejected=""
for name in python3 python3.13 python3.12 python3.11; do
    path=$(command -v "$name") || continue
    if answer=$("$path" -E -c "$probe" 2>&1); then
        printf '%s\n' "$answer"
        exit 0
    fi
    rejected="$rejected
  $path: $(printf '%s\n' "$answer" | head -n 1)"
done
{
    printf 'No usable Python: 3.11, 3.12 or 3.13 with its venv module is needed.\n'
    printf 'Found on PATH:%s\n' "${rejected:-
  no python3 at all}"
    printf 'Remedy: install one of them, so that python3, python3.13, python3.12 or python3.11 starts it.\n'
} >&2
exit 1
