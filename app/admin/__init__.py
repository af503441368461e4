"""Running an installation: so far the demonstration (연습용) that a stranger tries.

Words: the demonstration is one invented organisation with thirty people and a month of trips, with
dates relative to the day it was loaded; it exists only where DEMO=1.
"""
