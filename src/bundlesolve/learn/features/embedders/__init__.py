"""Texts of items as vectors: one embedder a file, none imported before it is used."""
