"""How machines are reached: one module for each way."""
