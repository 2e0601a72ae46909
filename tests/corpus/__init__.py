"""Replay of the development sets beside the project; see ``replay``."""
