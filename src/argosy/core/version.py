"""The version of this Argosy; client and server compare theirs."""

VERSION = "0.1.0"
