"""Who was erased: a keyed hash of each name, so that whatever reads landed lines can leave their lines out without knowing a name."""
