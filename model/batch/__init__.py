"""Articles by the million: ``onrecord batch``. Follow sources → workers → sinks; checkpoint makes it resumable."""
