"""Figures by name: each asked of the façade with a window, a past day and a field to split by."""
