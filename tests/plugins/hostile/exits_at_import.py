"""Ends the program when it is imported.

Hook: none
Told: SystemExit: 3
"""

raise SystemExit(3)
