"""What Argosy does: one module for each noun, the steps of a job's walk, and the loop that takes them."""
