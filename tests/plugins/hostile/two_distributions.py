"""Is brought by two distributions at once.

Hook: none
Told: several distributions bring a plugin of this name: dist-a and dist-b
"""

raise AssertionError("it was loaded")
