"""What every feature stands on, and what knows no feature.

config (the one reader of the environment) · db (the one commit) · errors (the one place where a
refusal becomes an answer) · http (headers, request ids, assets) · guard (who may enter) · keys
(secrets, sealing) · pages (HTML) · log, clock, ids, jobs.
"""
