"""The command `mipo`, and `python -m mipo_sim`."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from mipo_sim.version import __version__

# Where each command lives, in `mipo_sim.command`, under its own name; only the one asked for is imported.
COMMANDS = {
    "run": "run",
    "sweep": "sweep",
    "study": "study",
    "results": "sweep",
    "replay": "sweep",
    "report": "report",
    "dashboard": "report",
    "live": "live",
    "lessons": "lessons",
    "claims": "claims",
    "validate": "validate",
    "history": "history",
    "parameters": "listings",
    "phases": "listings",
    "scenarios": "listings",
}
OVERVIEW = """\
mipo - odds of peace for forms of mission, over many simulated worlds

  mipo run [group=option] [parameter=value] [worlds=200] [seed=2007]
                       run one form of mission in one situation; plain `mipo` does the same
  mipo sweep [study=...] [group=option,option] [parameter=value,value] [--dry-run]
                       live through many points; the same command goes on where it was stopped
  mipo study [NAME] [size=full] [--write]
                       a question, lived through and answered; without a name, the list of them
  mipo results [FOLDER]
                       list what sweeps have left there
  mipo replay RESULTS WORLD [--debug]
                       live one world of a sweep again, up to the month before it ended
  mipo report RESULTS [--output FILE]
                       one page of a run or a sweep, which opens from disk without a network
  mipo dashboard [FOLDER] [--port N]
                       the same page served on this machine, for choosing among results
  mipo live [lesson=NAME|FILE] [--port N] [--share] [--language en|fr|ar] [--no-browser]
                       the trainers' page: two missions in one country, month by month in the browser
  mipo lessons [check FILE] [new FILE]
                       the lessons that there are; all that is wrong with one of your own; one to begin with
  mipo claims [ID ...] [--worlds N] [--knock-out]
                       the claims of 2007 as small studies, with computed verdicts
  mipo validate [--worlds N] [--limits] [--write]
                       the model held against published figures, and at its limits
  mipo history [CASE] [--worlds N] [--write]
                       a case run through its real decisions, against what happened and what might have been
  mipo scenarios       what situations and options there are, one sentence each
  mipo parameters [WORDS] [--role lever|context|behaviour]
                       search the parameters
  mipo phases [--time] [--worlds N]
                       what happens in a month, and how long it takes to compute
  mipo --version       the version

`mipo run --help` lists the groups and their options. Example:

  mipo run scenario=sierra_leone integration=full funding=pooled worlds=500 seed=7
"""


def main(words: Sequence[str] | None = None) -> int:
    """Do what a command line says.

    Parameters
    ----------
    words : sequence of str, optional
        The words after `mipo`; by default those the process was started with.

    Returns
    -------
    int
        0 when done, 1 when a search found nothing, 2 when something was asked for that cannot be
        done (one line on standard error says what), 130 when interrupted.
    """
    from mipo_sim.command.refusals import Refusal
    from mipo_sim.parameters import ParameterError

    given = list(sys.argv[1:] if words is None else words)
    try:
        code = _dispatch(given)
        sys.stdout.flush()  # here, where a reader that has gone away can still be met
        return code
    except (Refusal, ParameterError) as error:
        lines = [" ".join(line.split()) for line in str(error).splitlines()]
        sys.stderr.write("mipo: " + "\n      ".join(filter(None, lines)) + "\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nmipo: stopped; nothing was saved\n")
        return 130
    except BrokenPipeError:  # whoever was reading, `head` for one, has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _dispatch(words: list[str]) -> int:
    first = words[0] if words else "run"
    if first in ("--help", "-h"):
        print(OVERVIEW, end="")
        return 0
    if first == "--version":
        print(f"mipo_sim {__version__}")
        return 0
    if first in COMMANDS:
        words = words[1:]
    elif "=" in first or first.startswith(("-", "+", "~")):  # plain `mipo` runs
        first = "run"
    else:
        from mipo_sim.command.refusals import Refusal
        from mipo_sim.parameters import nearest

        raise Refusal(
            f"no command named {first!r}{nearest(first, COMMANDS)} (commands: {', '.join(COMMANDS)})"
        )
    command = getattr(import_module(f"mipo_sim.command.{COMMANDS[first]}"), first)
    return int(command(words))
