"""NAMD: molecular dynamics of biomolecules, versions 2.14 and 3."""
