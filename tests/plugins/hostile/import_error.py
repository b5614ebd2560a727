"""Cannot be imported.

Hook: none
Told: ModuleNotFoundError: No module named 'no_such_module'
"""

import no_such_module  # noqa: F401
