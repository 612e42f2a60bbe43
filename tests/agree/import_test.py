#!/usr/bin/env python3
"""Annual reports through the importer and a real daemon to answers.

    import_test.py       needs TIDU and TIDUD in the environment; TIDU_RULES and
                         TIDU_AUTHOR when they are not the installed ones

Uses the table of 448 listed companies where it stands beside the checkout, and
the committed sample otherwise. What is checked:

- a record holds every figure of its row, exactly, and nothing else;
- the daemon answers every record, none with an error;
- no title is met: too much is unknown. Each title is unmet or undetermined as
  the independent judge (reference.py) says;
- an unmet title names an unmet criterion, an undetermined one none, and says
  which facts to ask for;
- figures that an answer quotes are those of the table, converted exactly.

Exit status: 0 passed, 1 failed, 77 skipped.
"""
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import reference

ROOT = Path(__file__).resolve().parents[2]
IMPORTER = ROOT / "contrib/import/us_annual_report.py"
SAMPLE = ROOT / "contrib/import/us_annual_report_sample.csv"
TABLE = ROOT.parent / "shared/data/us-listed-2012-2016.ndjson"

RATE = "6.5137"  # any rate will do; this one makes long decimals
SHIFT = 9        # the reports of 2016 become those of 2025
AS_OF = "2026-11-23"
LAST_YEAR = 2025
START_SECONDS = 20


class Checks:
    """Counts what was checked; keeps the first few failures."""

    def __init__(self):
        self.count = 0
        self.failures = []

    def check(self, is_true, what):
        self.count += 1
        if not is_true:
            self.failures.append(what)
        return is_true


# ---- the table, read once more by other means ----


def exact(cell):
    return None if cell in (None, "") else Fraction(str(cell))


def rows_of(path):
    if path.suffix == ".csv":
        with open(path, encoding="utf-8", newline="") as table:
            return list(csv.DictReader(table))
    with open(path, encoding="utf-8") as table:
        return [json.loads(line, parse_float=str) for line in table]


def expected_record(row):
    """Facts of a row in fractions of 万元."""
    end = date.fromisoformat(row["period_end"])
    year = (end - timedelta(days=182)).year + SHIFT
    factor = Fraction(RATE) / 10000
    facts = {"enterprise_name": row["name"]}
    if row["listed"] in (True, "true"):
        facts["listing_status"] = "listed"
    for name in ("revenue", "rd_expense", "net_profit"):
        amounts = [exact(row.get(f"{name}_y{before}")) for before in range(4)]
        figures = {str(year - before): amount * factor for before, amount in enumerate(amounts)
                   if amount is not None and not (name == "rd_expense" and amount == 0)}
        if figures:
            facts[name] = figures
    for name in ("total_assets", "total_liabilities"):
        amount = exact(row.get(name))
        if amount is not None:
            facts[name] = {str(year): amount * factor}
    return facts


# ---- programs ----


def import_table(path, target):
    command = [sys.executable, str(IMPORTER), "--rate", RATE, "--shift-years", str(SHIFT),
               str(path)]
    with open(target, "w", encoding="utf-8") as records:
        return subprocess.run(command, stdout=records, stderr=subprocess.DEVNULL,
                              check=False).returncode


def start_daemon(socket_path, log):
    command = [os.environ["TIDUD"], "--socket", socket_path]
    if os.environ.get("TIDU_RULES"):
        command += ["--rules", os.environ["TIDU_RULES"]]
    return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)


def wait_for(daemon, socket_path):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and daemon.poll() is None:
        if os.path.exists(socket_path):
            return True
        time.sleep(0.05)
    return False


def evaluate(records_path, socket_path):
    command = [os.environ.get("TIDU", "tidu"), "eval", records_path, "--socket", socket_path,
               "--as-of", AS_OF, "--explain", "full", "--format", "ndjson"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace")


# ---- promises ----


def check_records(checks, rows, lines):
    if not checks.check(len(lines) == len(rows), f"{len(lines)} records of {len(rows)} rows"):
        return
    for row, line in zip(rows, lines):
        checks.check(reference.parse(line) == expected_record(row),
                     f"{row['name']}: the record is not what the row says: {line}")


def check_quoted_figures(checks, name, criterion, record):
    """What a criterion read is the record's figure of the last full year."""
    for fact, quoted in criterion.get("reads", {}).items():
        stated = record.get(fact)
        if not isinstance(stated, dict):
            continue
        years = quoted if isinstance(quoted, dict) else {str(LAST_YEAR): quoted}
        for year, number in years.items():
            figure = stated.get(year)
            same = (number is None) == (figure is None) and (
                figure is None or float(number) == float(figure))
            checks.check(same, f"{name}: {criterion['id']} read {fact} {year} as {number}, "
                               f"the record says {figure}")


def check_title(checks, name, designation, record, expected):
    title, status = designation["id"], designation["status"]
    checks.check(status == expected[title],
                 f"{name}: {title} is {status}, the reference says {expected[title]}")
    checks.check(status != "met", f"{name}: {title} is met although too much is unknown")
    unmet = [item["id"] for item in designation["criteria"] if item["status"] == "unmet"]
    checks.check(bool(unmet) == (status == "unmet"),
                 f"{name}: {title} is {status} with unmet criteria {unmet}")
    for criterion in designation["criteria"]:
        check_quoted_figures(checks, name, criterion, record)


def check_answers(checks, lines, answers):
    if not checks.check(len(answers) == len(lines),
                        f"{len(answers)} answers to {len(lines)} records"):
        return
    for line, text in zip(lines, answers):
        record, answer = reference.parse(line), json.loads(text)
        name = record["enterprise_name"]
        if not checks.check("designations" in answer, f"{name}: no answer: {text[:300]}"):
            continue
        expected = reference.judge(record, AS_OF)
        found = {designation["id"] for designation in answer["designations"]}
        checks.check(found >= set(reference.VERSIONS), f"{name}: only {sorted(found)} answered")
        for designation in answer["designations"]:
            if designation["id"] in expected:
                check_title(checks, name, designation, record, expected)
        if any(item["status"] == "undetermined" for item in answer["designations"]):
            checks.check(bool(answer.get("missing")), f"{name}: says not which facts to ask for")


def run(checks, folder, table):
    records_path = os.path.join(folder, "records.ndjson")
    socket_path = os.path.join(folder, "tidud.sock")
    checks.check(import_table(table, records_path) == 0, "the importer refused rows")
    with open(records_path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    check_records(checks, rows_of(table), lines)

    log_path = os.path.join(folder, "tidud.log")
    with open(log_path, "w", encoding="utf-8") as log:
        daemon = start_daemon(socket_path, log)
        try:
            if not checks.check(wait_for(daemon, socket_path), "tidud did not start"):
                return len(lines)
            status, output, complaints = evaluate(records_path, socket_path)
        finally:
            daemon.terminate()
            ended = daemon.wait(START_SECONDS)
    checks.check(status == 0, f"tidu eval ended with {status}: {complaints[:500]}")
    checks.check(ended == 0, f"tidud ended with {ended}: {Path(log_path).read_text()[-500:]}")
    check_answers(checks, lines, [line for line in output.split("\n") if line])
    return len(lines)


def main():
    if not os.environ.get("TIDU") or not os.environ.get("TIDUD"):
        print("import_test: skipped, TIDU and TIDUD are not set")
        return 77
    table = TABLE if TABLE.exists() else SAMPLE
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        companies = run(checks, folder, table)
    for failure in checks.failures[:10]:
        print(f"  {failure}")
    print(f"import_test: {companies} companies of {table.name}, {checks.count} checks, "
          f"{len(checks.failures)} failed: {'FAILED' if checks.failures else 'passed'}")
    return 1 if checks.failures else 0


if __name__ == "__main__":
    sys.exit(main())
