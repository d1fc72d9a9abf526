"""The reader's progress: one JSON file that is theirs to move."""
