"""Training: the loop (a generator), the store (what is kept), the engine (where it runs)."""
