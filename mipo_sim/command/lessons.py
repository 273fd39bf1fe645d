"""`mipo lessons`: list the lessons of the trainers' page, check one's own, begin a new one."""

import sys
from collections.abc import Sequence
from pathlib import Path

from mipo_sim.command.listings import lay_out
from mipo_sim.command.refusals import Parser, Refusal
from mipo_sim.live.lesson_file import in_english
from mipo_sim.live.lessons import Lesson, LessonError, all_lessons, read_lesson

TEMPLATE = Path(__file__).parents[1] / "live" / "lesson_template.yaml"
HEADS = ("name", "minutes", "theme", "title")


def lessons(words: Sequence[str]) -> int:
    """List lessons, check files of one's own, or write a new one to change.

    Parameters
    ----------
    words : sequence of str
        The words after `mipo lessons`.

    Returns
    -------
    int
        0, or 2 where a file that was to be checked has faults.
    """
    asked = _parser().parse_args(words)
    if asked.what == "new":
        return _new(Path(asked.file))
    if asked.what == "check":
        return max([_check(Path(file)) for file in asked.files])
    rows = [
        (each.name, str(each.minutes), in_english(each.theme), in_english(each.title))
        for each in all_lessons()
    ]
    print(lay_out([HEADS, *rows]))
    print("\nGive one with `mipo live lesson=NAME`; write your own with `mipo lessons new FILE`.")
    return 0


def _parser() -> Parser:
    parser = Parser(prog="mipo lessons", description="Lessons of the trainers' page.")
    parts = parser.add_subparsers(dest="what", metavar="check FILE... | new FILE")
    check = parts.add_parser("check", help="tell everything that is wrong with the file of a lesson")
    check.add_argument("files", nargs="+", metavar="FILE")
    new = parts.add_parser("new", help="write a lesson with notes, to change")
    new.add_argument("file", metavar="FILE")
    return parser


def _check(path: Path) -> int:
    """Check one file: a summary if it is fine, or all its faults."""
    try:
        print(_summary(read_lesson(path)))
    except LessonError as wrong:
        sys.stderr.write("\n  ".join(str(wrong).splitlines()) + "\n")
        return 2
    return 0


def _summary(lesson: Lesson) -> str:
    plan = lesson.plan
    months = ", ".join(str(moment.month) for moment in lesson.moments)
    spoken = ", ".join(lesson.title) if isinstance(lesson.title, dict) else "one language"
    return "\n  ".join(
        (
            f"{lesson.name}: fine",
            f"{in_english(lesson.title)}, {lesson.minutes} minutes, in {spoken}",
            f"{plan.scenario}, {plan.months} months, world {plan.world}",
            f"moments in months {months}; questions afterwards: {len(lesson.debrief)}",
        )
    )


def _new(path: Path) -> int:
    """Write a lesson that passes the check, with notes on what can be changed."""
    if path.suffix not in (".yaml", ".yml"):
        raise Refusal(f"the file of a lesson ends in .yaml, not {path.name!r}")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE.read_text(encoding="utf-8"))
    except FileExistsError:
        raise Refusal(f"{path} is there already; take another name") from None
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {error.strerror}") from None
    print(f"{path} is written. Change it, then: mipo lessons check {path}")
    return 0
