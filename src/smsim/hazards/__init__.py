"""What judges a run: bounds, races, unwritten values, barriers; and the sentences that say so."""
