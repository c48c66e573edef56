"""The ``booking`` command: one thin function a command, each ending in a line of a person's words."""
