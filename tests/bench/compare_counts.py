#!/usr/bin/env python3
"""Sum decisions into one line, so that engines can be compared.

    compare_counts.py [--expect "n=… innov=…"] < answers.ndjson

Reads either the references' decisions or Tidu's brief answers to the rules of
tests/bench/rules, and prints

    CHECK n=… innov=… srdi=… giant=… champ=… si=… st=… crit=…

n records, those met by title, the sums of the two scores, and how many of the
30 criteria were met in all. Exit 1 when --expect says otherwise, or when an
answer was an error or left anything undetermined (these records know all).
"""
import argparse
import json
import re
import sys

TITLES = ("innov", "srdi", "giant", "champ")
CRITERION = re.compile(r"^(g|q|i|c)\d\d$")


class Sums:
    def __init__(self):
        self.records = 0
        self.titles = dict.fromkeys(TITLES, 0)
        self.scores = {"innov": 0, "srdi": 0}
        self.criteria = 0
        self.complaints = []

    def add_decision(self, decision):
        self.records += 1
        for title in TITLES:
            self.titles[title] += decision["titles"][title]
        for name in self.scores:
            self.scores[name] += decision["score"][name]
        self.criteria += sum(decision["crit"].values())

    def add_answer(self, answer):
        """A criterion that serves several titles is counted once."""
        self.records += 1
        met = {}
        for designation in answer["designations"]:
            title = designation["id"]
            self.titles[title] += designation["status"] == "met"
            if title in self.scores:
                self.scores[title] += points_of(designation["score"])
            for criterion in criteria_of(designation["criteria"]):
                name = criterion["id"].split("/")[-1]
                if criterion["status"] == "undetermined":
                    self.complain(f"undetermined: {criterion['id']}")
                if CRITERION.match(name):
                    met[name] = criterion["status"] == "met"
        if len(met) != 30:
            self.complain(f"{len(met)} criteria instead of 30")
        self.criteria += sum(met.values())

    def complain(self, text):
        if len(self.complaints) < 5:
            self.complaints.append(f"record {self.records}: {text}")

    def line(self):
        counts = " ".join(f"{title}={self.titles[title]}" for title in TITLES)
        return (f"n={self.records} {counts} si={self.scores['innov']} "
                f"st={self.scores['srdi']} crit={self.criteria}")


def criteria_of(criteria):
    """All of them, those inside groups too."""
    for criterion in criteria:
        yield criterion
        yield from criteria_of(criterion.get("criteria", ()))


def points_of(score):
    """The points of a score, an interval with one value when all is known."""
    if score["low"] != score["high"]:
        raise ValueError(f"a score from {score['low']} to {score['high']} although all is known")
    return int(score["low"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--expect", help="the line that should come out, without CHECK")
    arguments = parser.parse_args()
    sums = Sums()
    for line in sys.stdin.buffer:
        answer = json.loads(line)
        if "designations" in answer:
            sums.add_answer(answer)
        elif "titles" in answer:
            sums.add_decision(answer)
        else:
            sums.complain(f"no answer: {line[:200].decode(errors='replace')}")
    print("CHECK", sums.line())
    for complaint in sums.complaints:
        print(complaint, file=sys.stderr)
    if arguments.expect is not None and arguments.expect != sums.line():
        print(f"expected {arguments.expect}", file=sys.stderr)
        return 1
    return 1 if sums.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
