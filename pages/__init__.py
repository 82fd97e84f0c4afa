"""The pages: one recipe each, from controls to figures."""
