"""현장사진: work photos go from the camera straight to the office, never through the gallery.

Words: a *record* (기록) is what one visit signed: board, trip, stamp, and the list of its photos
with their hashes; a *photo* (사진) is one picture of a record, `expected` until its bytes arrive;
an *upload* is a tus upload under way; a *receipt* (접수증) is the server's signature that it has
these bytes; a *derivative* is a re-encoded copy without metadata; the *board* (보드판) is what once
stood on a slate held into the picture; a *phase* is before, during or after; a *series* ties
records of one place over time; a *delivery* hands a photo to the office's work system through a
*connector*.
"""
