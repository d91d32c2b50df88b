"""One module for each noun or verb."""
