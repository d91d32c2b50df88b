"""The science programs that Argosy understands: one folder each."""
