"""Certificates of optimality, bounds and infeasibility, replayed in exact integers.

Nothing in this room uses numpy, floating point or a kernel, and none of the engines is
imported: it checks what they claim. ``docs/certificate.md`` states format and mathematics.
"""
