"""Fetching public pages: polite to their hosts, safe for this machine; for whoever reads the web.

`fetcher.Fetcher.get` is the door. Words: a host's turn is the right to ask it now, held by one
process at a time; a session keeps cookies for as long as its caller keeps it.
"""
