"""Erasing a user from the lake and all around it, as one operation that can be run again after a crash, with a receipt."""
