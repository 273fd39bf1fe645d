"""Nothing in a configuration or in results can run code, leave its place, or carry the environment along."""

import ast
import csv
import os
import pickle
import re
import shlex
import shutil
import tomllib
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from pages import forms_by_situation, sweep_of

import mipo_sim
from mipo_sim.report import content_of, open_source
from mipo_sim.sweeps.storage import read_parquet

PACKAGE = Path(mipo_sim.__file__).parent
CONSTRAINTS = Path(__file__).parents[1] / "constraints"
MARK = "run by a stranger"


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("mipo_sim.sweeps.results.Results._pictures", lambda results: {})


def refused(answer):
    code, out, err = answer
    assert code == 2 and not out and err.startswith("mipo: ") and err.count("\n") == 1, answer
    assert not Path(MARK).exists() and MARK not in os.environ
    return err


# ---------------------------------------------------------------- the sources

NEVER = {
    *(
        "eval",
        "exec",
        "compile",
        "__import__",
        "breakpoint",
        "os.system",
        "os.popen",
        "os.execv",
        "os.spawnv",
    ),
    *("yaml.load", "yaml.unsafe_load", "yaml.full_load", "yaml.load_all", "np.load", "numpy.load"),
    *("da.from_npy_stack", "dask.array.from_npy_stack"),  # CVE-2026-95897, without a version that mends it
    *(
        "pd.read_pickle",
        "pd.eval",
        "tempfile.mktemp",
        "hydra.utils.instantiate",
        "hydra.utils.call",
        "instantiate",
    ),
}
NEVER_IMPORTED = {
    "pickle",
    "cPickle",
    "marshal",
    "shelve",
    "dill",
    "cloudpickle",
    "joblib",
    "code",
    "telnetlib",
}
# Dask is imported only when it is asked for, by names that stand in the source.
KNOWN = {("sweeps/cluster.py", "__import__")}


def called(node):
    try:
        return ast.unparse(node.func)
    except AttributeError:
        return ""


def forbidden(source, place):
    """Calls and imports that could run what a file says, or a shell."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            if called(node) in NEVER and (place, called(node)) not in KNOWN:
                found.append(called(node))
            if any(
                word.arg in ("shell", "allow_pickle") and ast.unparse(word.value) != "False"
                for word in node.keywords
            ):
                found.append(f"{called(node)} with a shell or pickles")
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
            found += [name for name in names if (name or "").split(".")[0] in NEVER_IMPORTED]
    return found


def test_no_source_can_run_what_a_file_says():
    files = sorted(PACKAGE.rglob("*.py"))
    assert len(files) > 100
    wrong = {
        file.name: forbidden(file.read_text("utf-8"), file.relative_to(PACKAGE).as_posix()) for file in files
    }
    assert not {name: found for name, found in wrong.items() if found}


@pytest.mark.parametrize(
    "source",
    ["eval(x)", "import pickle", "yaml.load(f)", "subprocess.run(x, shell=True)", "from dill import loads"],
)
def test_the_look_through_the_sources_finds_what_it_looks_for(source):
    assert forbidden(source, "x.py")


# ---------------------------------------------------------------- configurations

EVIL = {
    "a callback": f"hydra: {{callbacks: {{x: {{_target_: builtins.open, file: '{MARK}', mode: w}}}}}}",
    "a logging handler": "hydra: {job_logging: {version: 1, root: {handlers: [x]}, handlers: {x: "
    f"{{class: logging.FileHandler, filename: '{MARK}'}}}}}}}}",
    "a formatter": "hydra: {hydra_logging: {version: 1, formatters: {x: {'()': os.getcwd}}}}",
    "a launcher": "hydra: {launcher: {_target_: os.getcwd}}",
    "a sweeper": "hydra: {sweeper: {_target_: os.getcwd}}",
    "the environment": f"hydra: {{job: {{env_set: {{'{MARK}': '1'}}}}}}",
    "files of Hydra's": f"hydra: {{output_subdir: '{MARK}', run: {{dir: '{MARK}'}}}}",
    "a tag of Python's": "story: !!python/object/apply:os.getcwd []",
    "the environment's secrets": "story: '${oc.env:PATH}'",
    "a function": "story: '${oc.decode:1}'",
    "the machine": "story: '${hydra:runtime.cwd}'",
}


def own_option(text):
    place = Path("own") / "integration"
    place.mkdir(parents=True)
    (place / "mine.yaml").write_text(f"# @package _global_\ndefaults: [mix_2007]\n{text}\n", encoding="utf-8")
    return "--config-dir", "own", "integration=mine"


@pytest.mark.parametrize("text", EVIL.values(), ids=EVIL)
def test_a_configuration_runs_nothing_and_reads_nothing_else(mipo, text):
    words = own_option(text.replace("story", "months") if "story" in text else text)
    refused(mipo("run", *words, "worlds=1", "~compare"))
    assert not Path("results").exists()


@pytest.mark.parametrize("text", EVIL.values(), ids=EVIL)
def test_nor_does_one_of_a_grid_or_a_sweep(mipo, text):
    words = own_option(text)
    for command in (("-m",), ("sweep", "--dry-run")):
        mipo(*command, *words, "months=2", "worlds=1", "workers=1")
        assert not Path(MARK).exists() and MARK not in os.environ


def test_words_of_a_command_that_was_copied(mipo, monkeypatch):
    for word in (
        "+hydra.callbacks.x._target_=builtins.open",
        "hydra.run.dir=elsewhere",
        "name='${oc.env:PATH}'",
        "funding=${oc.env:MIPO_FUNDING}",
    ):
        monkeypatch.setenv("MIPO_FUNDING", "earmarked")
        refused(mipo("run", word, "worlds=1", "months=2"))
        refused(mipo("sweep", word, "worlds=1", "months=2"))
    assert "--config-path is not offered" in refused(mipo("run", "--config-path", "elsewhere"))


def test_a_study_does_not_choose_where_it_is_computed(mipo):
    place = Path("own") / "study"
    place.mkdir(parents=True)
    text = "# @package _global_\ndefaults: [override /engine: dask]\nengine: {address: 'tcp://198.51.100.1:8786'}\n"
    (place / "mine.yaml").write_text(text, encoding="utf-8")
    said = refused(mipo("sweep", "--config-dir", "own", "study=mine", "--dry-run"))
    assert "a study cannot choose its engine" in said


@pytest.mark.parametrize(
    "word", ["engine.directives=['--x\n rm -rf']", "engine.queue='a b'", "engine.account=$(id)"]
)
def test_a_setting_of_slurm_stays_in_its_line(mipo, word):
    assert mipo("sweep", "engine=slurm", word, "--dry-run")[0] == 2


@pytest.mark.parametrize("name", ["=cmd", "+1", "@x", "a b", "..x"])
def test_a_name_of_an_option_is_no_formula(mipo, name):
    place = Path("own") / "integration"
    place.mkdir(parents=True)
    (place / f"{name}.yaml").write_text("# Mine.\nstrategic: 1\n", encoding="utf-8")
    said = refused(mipo("sweep", "--config-dir", "own", "integration=full,mix_2007", "--dry-run"))
    assert "the name of an option has letters" in said


# ---------------------------------------------------------------- results


class Evil:
    def __reduce__(self):
        return open, (MARK, "w")


def test_metadata_of_a_table_runs_nothing():
    extension = {
        b"ARROW:extension:name": b"arrow.py_extension_type",
        b"ARROW:extension:metadata": pickle.dumps(Evil()),
    }
    field = pa.field("form", pa.string(), metadata=extension)
    table = pa.table([pa.array(["a"])], schema=pa.schema([field], metadata={b"pandas": pickle.dumps(Evil())}))
    pq.write_table(table, "evil.parquet")
    try:
        assert read_parquet(Path("evil.parquet"))["form"].tolist() == ["a"]
    finally:
        assert not Path(MARK).exists()


def test_a_tag_in_the_configuration_of_results_runs_nothing(mipo):
    folder = mipo_sim.run(worlds=2, months=3, compare=False).save("run", picture=False)
    config = folder / "config.yaml"
    config.write_text(
        config.read_text("utf-8") + "evil: !!python/object/apply:os.getcwd []\n", encoding="utf-8"
    )
    assert "damaged" in refused(mipo("report", "run"))


HOSTILE = "x; touch hostile $(touch hostile) `touch hostile` | sh"


def test_commands_to_copy_hold_what_results_say_in_quotes():
    folder = mipo_sim.run(worlds=2, months=3, compare=False).save("run", picture=False)
    config = yaml.safe_load((folder / "config.yaml").read_text("utf-8"))
    (folder / "config.yaml").write_text(yaml.safe_dump(config | {"map": HOSTILE}), encoding="utf-8")
    manifest = (folder / "manifest.json").read_text("utf-8").replace('"seed": 2007', f'"seed": "{HOSTILE}"')
    (folder / "manifest.json").write_text(manifest, encoding="utf-8")
    words = shlex.split(content_of(open_source(folder))["about"]["again"])
    assert f"map={HOSTILE}" in words and f"seed={HOSTILE}" in words
    assert not {"touch", "|", "sh"} & set(words)


@pytest.mark.parametrize(
    "change",
    ['"points": -1', '"points": 1e99', '"points": "many"', '"points": 99999999999999', '"points": null'],
)
def test_numbers_that_no_sweep_can_have_written(mipo, change):
    folder = sweep_of(Path("sweep"), forms_by_situation(1), 2)
    about = folder / "run.json"
    about.write_text(about.read_text("utf-8").replace('"points": 3', change), encoding="utf-8")
    for words in (("report", "sweep"), ("replay", "sweep", "0")):
        assert "damaged" in refused(mipo(*words))
    assert mipo("results", ".")[0] == 0


def test_a_table_whose_columns_changed_their_names_is_damaged(mipo):
    folder = sweep_of(Path("sweep"), forms_by_situation(1), 2)
    (file,) = (folder / "rows").glob("*.parquet")
    data = file.read_bytes()
    file.write_bytes(data.replace(b"need_met", b"need_mex"))
    assert data.count(b"need_met") > 1
    assert "damaged" in refused(mipo("report", "sweep"))


def test_a_run_with_a_changed_bit_is_damaged(mipo):
    folder = mipo_sim.run(worlds=50, months=3, compare=False).save("run", picture=False)
    data = bytearray((folder / "outcomes.parquet").read_bytes())
    column = pq.read_metadata(folder / "outcomes.parquet").row_group(0).column(5)
    data[column.data_page_offset + 60] ^= 1
    shutil.copytree(folder, "copy")
    (folder / "outcomes.parquet").write_bytes(data)
    assert "damaged" in refused(mipo("report", "run"))
    assert mipo("report", "copy")[0] == 0


# ---------------------------------------------------------------- dependencies


def refused_rows():
    with (CONSTRAINTS / "refused.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def advisories():
    return [(row["name"], SpecifierSet(row["versions"]), row["advisory"]) for row in refused_rows()]


def holes(name, version):
    """Advisories that tell of a version."""
    return [
        f"{name} {version}: {advisory}"
        for known, versions, advisory in advisories()
        if known == name and versions.contains(version, prereleases=True)
    ]


@pytest.mark.parametrize("file", sorted(CONSTRAINTS.glob("python*.txt")), ids=lambda file: file.stem)
def test_no_version_that_is_installed_has_a_known_hole(file):
    pinned = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        one = Requirement(line)
        pinned[one.name.lower().replace("_", "-")] = next(iter(one.specifier)).version
    assert len(pinned) > 50
    assert not [hole for name, version in pinned.items() for hole in holes(name, version)]


def test_no_version_that_is_allowed_has_a_known_hole():
    project = tomllib.loads((CONSTRAINTS.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = chain.from_iterable(project["optional-dependencies"].values())
    lowest = {
        (one.name.lower(), bound.version)
        for one in map(Requirement, (*project["dependencies"], *extras))
        for bound in one.specifier
        if bound.operator == ">="
    }
    assert len(lowest) > 20
    assert not [hole for name, version in lowest for hole in holes(name, version)]


def test_the_audit_finds_what_it_looks_for():
    assert "starlette 0.46.0: CVE-2025-62727" in holes("starlette", "0.46.0")
    assert holes("pyarrow", "14.0.0") and not holes("pyarrow", "14.0.1")


def test_every_advisory_says_what_it_is_about_and_where_its_versions_stand():
    rows = refused_rows()
    assert all(all(value.strip() for value in row.values()) for row in rows)
    assert all(re.fullmatch(r"(CVE|GHSA|PYSEC)-[\w-]+", row["advisory"]) for row in rows)
    told = [(row["name"], row["versions"]) for row in rows]
    assert len(set(told)) == len(told)
