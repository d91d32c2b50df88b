"""Templates of other programs, read into ours. Pure."""
