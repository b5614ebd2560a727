"""The figures of the funnel: each module answers one question, purely, and says what its answer means."""
