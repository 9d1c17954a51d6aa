"""Proved upper bounds: a program in, a number out."""
