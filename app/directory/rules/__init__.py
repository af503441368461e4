"""Pure decisions of the directory: the analyzer, the plan of a query, ranking, matching."""
