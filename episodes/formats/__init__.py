"""Files that other programs write and read: chapters and transcripts. Pure Python, no Django.

Each module parses into a dataclass, renders from it, and says what is wrong with a place and what to do.
"""
