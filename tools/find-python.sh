#!/bin/sh
# Prints a Python that is 3.11 or newer and can make virtual environments: the one named by PYTHON,
# else the first that fits. Says what to do, and fails, where there is none.
without_venv=''
for python in "${PYTHON:-python3.13}" "${PYTHON:-python3.12}" "${PYTHON:-python3.11}" "${PYTHON:-python3}"; do
    # Running it is the question: a version manager's stub is on PATH for versions it does not have.
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue
    if "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        printf '%s\n' "$python"
        exit 0
    fi
    without_venv=${without_venv:-$python}
done
if [ -n "$without_venv" ]; then
    echo "crmcore: $without_venv has no venv module; install it (Debian: apt install python3-venv) and try again." >&2
else
    echo "crmcore: ${PYTHON:-python3} is not Python 3.11 or newer; install one, or name one: make PYTHON=/path/to/python3.11" >&2
fi
exit 1
