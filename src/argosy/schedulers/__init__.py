"""How work is started and watched: one pure module for each kind of scheduler."""
