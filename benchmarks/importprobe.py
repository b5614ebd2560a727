"""`python -m benchmarks.importprobe FILE STORE`: one import in a process of its own, as JSON."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from time import perf_counter

from crmcore.crm import Crm

_KIB = 1024


def main() -> None:
    """Seconds for planning and for applying, rows written, and the most memory in bytes."""
    file, url = Path(sys.argv[1]), sys.argv[2]
    with Crm.open(url, directory=file.parent) as crm:  # where notifications are put, too
        began = perf_counter()
        plan = crm.plan_import(file)
        planned = perf_counter()
        commit = crm.apply(plan)
        applied = perf_counter()
    unit = 1 if sys.platform == "darwin" else _KIB
    told = {
        "plan": planned - began,
        "apply": applied - planned,
        "rows": len(commit.edits) if commit else 0,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
