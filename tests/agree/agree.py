#!/usr/bin/env python3
"""Tidu and the independent judge must agree on every title and score of every record.

    agree.py TIDU [--rules DIR] [--records N] [--seed S] [--jobs N] [--show N]

Makes N records that stand on the ladder's borders (records.py), lets `TIDU
eval` and reference.py judge them at two dates, one under the rules of 2022 and
one under those of 2026, and compares the status of every title and the interval
of every score whose bands are known. Then the same records are read once more
in reverse order: an answer must not depend on what else is in its block.

Prints how often each title came to each outcome, and every difference with its
record. Exit status: 0 all agree, 1 some differ, 2 Tidu could not be asked.
"""
import argparse
import collections
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile

import records
import reference

OUTCOMES = (reference.MET, reference.UNMET, reference.UNDETERMINED, reference.ABSENT)
TITLES = tuple(reference.VERSIONS)


class CannotAsk(Exception):
    pass


def make_record(task):
    return records.record(*task)


def judge_line(task):
    line, as_of = task
    return reference.judge(reference.parse(line), as_of)


def ask_tidu(arguments, lines, as_of):
    """The answers of `tidu eval`, one a line given."""
    command = [arguments.tidu, "eval", "-", "--as-of", as_of, "--explain", "brief",
               "--format", "ndjson"]
    if arguments.rules is not None:
        command += ["--rules", arguments.rules]
    with tempfile.TemporaryFile() as source:
        source.write("".join(line + "\n" for line in lines).encode())
        source.seek(0)
        done = subprocess.run(command, stdin=source, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
    answers = [line for line in done.stdout.decode().split("\n") if line]
    if len(answers) != len(lines):
        raise CannotAsk(f"{len(answers)} answers to {len(lines)} records, exit status "
                        f"{done.returncode}: {done.stderr.decode(errors='replace')[:2000]}")
    return answers


def statuses(answer):
    """Titles to outcomes; what is wrong, when it is no answer."""
    if "designations" not in answer:
        return {"error": json.dumps(answer, ensure_ascii=False)[:500]}
    found = {designation["id"]: designation["status"] for designation in answer["designations"]}
    return {title: found.get(title, reference.ABSENT) for title in TITLES}


def scores_of(answer):
    """Scores as pairs of the least and the most points."""
    return {designation["id"]: [designation["score"]["low"], designation["score"]["high"]]
            for designation in answer.get("designations", []) if designation.get("score")}


def open_criteria(answer, title):
    """Criteria of a title that Tidu does not find met."""
    return {criterion["id"]: criterion["status"]
            for designation in answer.get("designations", []) if designation["id"] == title
            for criterion in designation.get("criteria", []) if criterion["status"] != "met"}


class Comparison:
    """Counts of one date, and the differences found."""

    def __init__(self, as_of, show):
        self.as_of = as_of
        self.show = show
        self.counts = {title: collections.Counter() for title in TITLES}
        self.differences = 0

    def compare(self, line, expected, text):
        answer = json.loads(text)
        found = statuses(answer)
        for title in TITLES:
            self.counts[title][expected[title]] += 1
        wrong = [title for title in TITLES if found.get(title) != expected[title]]
        scores = scores_of(answer)
        miscounted = [title for title, interval in expected["scores"].items()
                      if scores.get(title) != interval]
        if not wrong and not miscounted:
            return
        self.differences += 1
        if self.differences <= self.show:
            self.print_difference(expected, answer, found, wrong)
            for title in miscounted:
                print(f"  {title}: tidu scores {scores.get(title)}, "
                      f"reference {expected['scores'][title]}")
            print(f"  record: {line}")

    def print_difference(self, expected, answer, found, wrong):
        print(f"\ndifference at {self.as_of}:")
        if "error" in found:
            print(f"  tidu: {found['error']}")
        for title in wrong:
            mine = {name: value for name, value in expected["criteria"].items()
                    if name.startswith(title + "/") and value != reference.MET}
            print(f"  {title}: tidu {found.get(title)}, reference {expected[title]}")
            print(f"    tidu:      {json.dumps(open_criteria(answer, title))}")
            print(f"    reference: {json.dumps(mine)}")

    def print_table(self):
        print(f"\n{self.as_of:<12}" + "".join(f"{outcome:>14}" for outcome in OUTCOMES))
        for title, counts in self.counts.items():
            print(f"{title:<12}" + "".join(f"{counts[outcome]:>14}" for outcome in OUTCOMES))


def without_ruleset(text):
    """An answer but for the digest of its rules: they may be edited meanwhile."""
    answer = json.loads(text)
    answer.pop("ruleset", None)
    return answer


def compare_orders(arguments, lines, answers, as_of):
    """How many answers change when the records come in another order."""
    again = ask_tidu(arguments, lines[::-1], as_of)[::-1]
    changed = [index for index in range(len(lines)) if answers[index] != again[index] and
               without_ruleset(answers[index]) != without_ruleset(again[index])]
    for index in changed[:arguments.show]:
        print(f"\nanother answer in another order at {as_of}:\n  record: {lines[index]}")
        print(f"  first:  {answers[index][:1000]}\n  second: {again[index][:1000]}")
    return len(changed)


def compare_date(arguments, pool, lines, as_of):
    """Differences found at one date."""
    answers = ask_tidu(arguments, lines, as_of)
    comparison = Comparison(as_of, arguments.show)
    judged = pool.imap(judge_line, ((line, as_of) for line in lines), chunksize=500)
    for line, expected, text in zip(lines, judged, answers):
        comparison.compare(line, expected, text)
    comparison.print_table()
    return comparison.differences, compare_orders(arguments, lines, answers, as_of)


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tidu", nargs="?", default=os.environ.get("TIDU", "tidu"))
    parser.add_argument("--rules", default=os.environ.get("TIDU_RULES"))
    parser.add_argument("--records", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--show", type=int, default=10, help="differences printed in full, a date")
    return parser.parse_args()


def main():
    arguments = read_arguments()
    different = moved = 0
    with multiprocessing.Pool(arguments.jobs) as pool:
        tasks = ((arguments.seed, number) for number in range(arguments.records))
        lines = list(pool.imap(make_record, tasks, chunksize=500))
        try:
            for as_of in records.DATES:
                differences, changed = compare_date(arguments, pool, lines, as_of)
                different += differences
                moved += changed
        except (CannotAsk, OSError) as problem:
            print(f"agree: cannot ask {arguments.tidu}: {problem}", file=sys.stderr)
            return 2
    print(f"\nagree: {len(lines)} records at {len(records.DATES)} dates, {different} judged "
          f"differently, {moved} depend on their neighbours: "
          f"{'FAILED' if different or moved else 'passed'}")
    return 1 if different or moved else 0


if __name__ == "__main__":
    sys.exit(main())
