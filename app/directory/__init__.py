"""누고? (the directory): type one word, see every official in charge of it, in the whole country.

Words: an organisation (기관) is one of the 17 시·도 and 226 시·군·구, or whichever an office adds.
An entry (담당) is one line of a staff page: department (부서), position, duty (업무), telephone,
and a name where the office publishes one; it must be of use without. The analyzer turns an entry
into one stream of tokens and a query into a plan over them; gateways carry the plan to an index.
"""
