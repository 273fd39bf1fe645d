"""The trainers' page, `mipo live`: two missions in one country, lived side by side and told month by month.

What page and program say to each other is written down in `web/src/live/protocol.ts`. From what is asked to
what is told:

- a run: `plan` reads and checks it, `recording` lives through it from the nearest `memory`, `frames` says
  what a month shows and `events` (with `marks`) what is worth a word of it;
- why: `tracing` finds what every rule reads, `years` lives a year again with one thing held, `causes`
  answers;
- other worlds: `band`; it and `causes` (by `explaining`) work in processes of their own (`process`);
- the page: `content` gathers what it is made with, `words` its texts, `lessons` (read by `lesson_file`) what
  a class is led through, and `page` puts the built page together;
- talking: `stories` keeps what was told for all who follow, `talk` is one page's side of it, `messages`
  reads and writes JSON, `access` and `connections` guard the door, and `server` holds it all.
"""
