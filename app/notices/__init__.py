"""Notices: what the product tells a person, in the app. Every feature above tells through here.

A *notice* is told once: whoever tells gives a *key*, and the same key again for the same person
changes nothing, so a job that was killed may simply run again; but a notice of several things may
grow, and is unread again then. Titles are Korean texts of the
catalogue, read in the reader's language; the lines under them are data, before and after.
A notice is *read* or not; marking can be undone, and old notices are forgotten.
"""
