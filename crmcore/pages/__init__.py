"""Figures as one self-contained page of HTML with drawn charts: read offline, printed, never scripted."""
