"""구내식당 (the canteen): how long its queue is, and when to go.

A *canteen* (식당) has *lines* (배식 줄). A line is fed by *counters* (사람 세는 기기, entries and
exits), by *taps* of the kitchen at wall marks (줄이 여기까지), and by *check-ins* (줄 섰어요 /
받았어요) of officers. Only numbers of people are kept: no picture, no address of a device, no face,
nobody's name. What is shown is a *level* (여유 … 매우 혼잡) first, then minutes as a range.
"""
