"""The command `mipo`, and `python -m mipo_sim`."""

import argparse
import os
import sys
from collections.abc import Sequence

from mipo_sim.version import __version__

COMMANDS = (
    "run",
    "sweep",
    "study",
    "results",
    "replay",
    "report",
    "dashboard",
    "live",
    "lessons",
    "claims",
    "validate",
    "history",
    "parameters",
    "phases",
    "scenarios",
)
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
  mipo lessons [check FILE]
                       the lessons that there are, or all that is wrong with one of your own
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
    if first == "parameters":
        return _parameters(words[1:])
    if first == "scenarios":
        return _scenarios(words[1:])
    if first == "phases":
        return _phases(words[1:])
    if first in ("sweep", "results", "replay"):
        from mipo_sim.command import sweep

        return {"sweep": sweep.sweep, "results": sweep.results, "replay": sweep.replay}[first](words[1:])
    if first in ("report", "dashboard"):
        from mipo_sim.command import report

        return {"report": report.report, "dashboard": report.dashboard}[first](words[1:])
    if first == "live":
        from mipo_sim.command.live import live

        return live(words[1:])
    if first == "lessons":
        from mipo_sim.command.lessons import lessons

        return lessons(words[1:])
    if first == "study":
        from mipo_sim.command.study import study

        return study(words[1:])
    if first == "claims":
        from mipo_sim.command.claims import claims

        return claims(words[1:])
    if first == "validate":
        from mipo_sim.command.validate import validate

        return validate(words[1:])
    if first == "history":
        from mipo_sim.command.history import history

        return history(words[1:])
    if "=" not in first and not first.startswith(("-", "+", "~")) and first != "run":
        from mipo_sim.command.refusals import Refusal
        from mipo_sim.parameters import nearest

        raise Refusal(
            f"no command named {first!r}{nearest(first, COMMANDS)} (commands: {', '.join(COMMANDS)})"
        )
    from mipo_sim.command.run import run

    return run(words[1:] if first == "run" else words)


def _parser(command: str, what: str) -> argparse.ArgumentParser:
    from mipo_sim.command.refusals import refuse_usage

    parser = argparse.ArgumentParser(prog=f"mipo {command}", description=what)
    parser.error = refuse_usage  # type: ignore[method-assign, assignment]
    return parser


def _parameters(words: list[str]) -> int:
    from mipo_sim.command.listings import parameters

    parser = _parser("parameters", "Search the parameters by words in name, label, meaning or source.")
    parser.add_argument("words", nargs="*", help="all of them must occur")
    parser.add_argument("--role", choices=("lever", "context", "behaviour"), help="only these")
    asked = parser.parse_args(words)
    found = parameters(asked.words, asked.role)
    print(found or f"No parameter has {' and '.join(map(repr, asked.words))} in it.")
    return 0 if found else 1


def _scenarios(words: list[str]) -> int:
    from mipo_sim.command.listings import scenarios

    _parser("scenarios", "List situations and options, one sentence each.").parse_args(words)
    print(scenarios())
    return 0


def _phases(words: list[str]) -> int:
    from mipo_sim.command.listings import phases
    from mipo_sim.command.refusals import Refusal

    parser = _parser("phases", "List what happens in a month, and who does it.")
    parser.add_argument("--time", action="store_true", help="run a mission and time every phase")
    parser.add_argument("--worlds", type=int, default=128, help="how many worlds to time (default 128)")
    asked = parser.parse_args(words)
    if not 1 <= asked.worlds <= 10_000:
        raise Refusal(f"--worlds takes a whole number from 1 to 10000, not {asked.worlds}")
    print(phases(asked.worlds if asked.time else None))
    return 0
