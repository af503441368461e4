"""요있다! (the trip stamp): one tap at the site becomes a QR in place of a receipt.

Words: a stamp (도장) is one tap: start (출발), arrive (도착) or return (복귀). Its token is what
the phone signed and sealed to the audit office; the QR carries the token. A trip (출장) is a day's
stamps under one code that the phone made. A void (취소) is a new record beside a stamp, which never
changes. A fork is a second, different token where only one can be: it is kept and marked. The
verdict is what the page behind the QR says, with its reason. An inquiry is a citizen's question
to the audit office about one stamp.
"""
