"""Listings of PTX that a person can read: ``smsim.views`` and the pieces it is made of.

What a compiler prints is exact and hard on the eyes: names of 150 characters, a line for each of seven
parameters an array becomes, line information between the lines. A listing folds that, says which Python
line each group of instructions comes from, and keeps the full text.
"""

from smsim.listing.views import Views, views

__all__ = ["Views", "views"]
