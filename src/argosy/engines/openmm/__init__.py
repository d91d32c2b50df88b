"""The engine ``openmm``: molecular dynamics by the programs of its own templates."""
