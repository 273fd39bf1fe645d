"""How fast the engine is, against two other programs of the same rules; what all else costs."""
