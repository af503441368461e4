"""People, as far as the stamp needs them.

Words: an organisation (기관) has departments (부서), a department has persons (직원), each with a
staff number (직원번호), a role and a password. A sign-in is one browser on one device, kept for
long and revocable by itself. A device key is the public half of the P-256 key that a phone made
and never shows. A consent is a person's agreement to one version of the location text, with its
beginning and its end. The access log says who looked at whose exact place, when and why.
"""
