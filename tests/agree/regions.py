#!/usr/bin/env python3
"""What `tidu diff` says of two rulesets against counting.

usage: regions.py TIDU [--designations N] [--seed N]

Designations of random criteria, some of which are otherwise in the new rules, are compared,
and every record of a grid goes through both here. Who is judged otherwise must lie in a
region that is told, where nobody is there must be none, and every example must be as it is
said to be.
"""
import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile

from conditions import condition
from decisions import FACTS, VALUES, VOCABULARY

TITLES = {"甲": "n", "乙": "x"}
RECORDS = [dict(zip(FACTS, point)) for point in itertools.product(*VALUES.values())]


class Designation:
    """Criteria of both rulesets by their names: words and the test they mean."""

    def __init__(self, chance, number):
        self.id = "d%d" % number
        self.sides = ({}, {})
        for name in "pqr"[:chance.randint(1, 3)]:
            old, new = condition(chance, 2), condition(chance, 2)
            kind = chance.random()
            if kind < 0.85:
                self.sides[0][name] = old
            if kind < 0.4:
                self.sides[1][name] = old
            elif kind < 0.75 or kind >= 0.85:
                self.sides[1][name] = new

    def text(self, side):
        criteria = "".join('criterion "%s" [[ %s ]]\n' % (name, words)
                           for name, (words, _) in self.sides[side].items())
        return 'designation "%s" { zh = "%s" }\n%scriterion "always" [[ n >= 0人 ]]\n' % (
            self.id, self.id, criteria)

    def met(self, side, record):
        return all(means(record) for _, means in self.sides[side].values())


def write(folder, designations, side):
    os.makedirs(folder + "/vocabulary")
    with open(folder + "/vocabulary/facts.lua", "w", encoding="utf-8") as file:
        file.write(VOCABULARY)
    with open(folder + "/rules.lua", "w", encoding="utf-8") as file:
        file.write("".join(d.text(side) for d in designations))


def check_kinds(tidu):
    """A fact that is a number in one ruleset and a list in the other is kept apart."""
    words = ("fact \"n\" { zh = \"甲\", type = \"count\", unit = \"人\" }", "n >= 5人"), (
        "fact \"n\" { zh = \"甲\", type = \"list\", fields = { { \"v\", type = \"flag\", zh = \"乙\" } } }",
        "count(n) >= 5")
    with tempfile.TemporaryDirectory() as folder:
        for side, (fact, condition_) in enumerate(words):
            os.makedirs("%s/%d/vocabulary" % (folder, side))
            with open("%s/%d/vocabulary/facts.lua" % (folder, side), "w", encoding="utf-8") as file:
                file.write(fact)
            with open("%s/%d/rules.lua" % (folder, side), "w", encoding="utf-8") as file:
                file.write('designation "d" { zh = "甲" }\ncriterion "c" [[ %s ]]\n' % condition_)
        done = subprocess.run([tidu, "diff", folder + "/0", folder + "/1", "--format", "json"],
                              capture_output=True, text=True, check=False)
    if done.returncode != 1 or json.loads(done.stdout)["designations"][0]["complete"]:
        sys.exit("a fact of two kinds: exit status %d, %s%s" % (done.returncode, done.stdout, done.stderr))


def ask(tidu, designations):
    with tempfile.TemporaryDirectory() as folder:
        for side in (0, 1):
            write("%s/%d" % (folder, side), designations, side)
        done = subprocess.run([tidu, "diff", folder + "/0", folder + "/1", "--format", "json"],
                              capture_output=True, text=True, check=False)
    if done.returncode > 1:
        sys.exit(done.stderr)
    return {d["id"]: d for d in json.loads(done.stdout)["designations"]}


def lies_in(record, piece):
    fact = TITLES.get(piece.get("of", {}).get("zh"))
    if not fact:
        return True
    value = record[fact]
    low, high = piece.get("low"), piece.get("high")
    return ((low is None or value > low or (value == low and piece["low_in"])) and
            (high is None or value < high or (value == high and piece["high_in"])))


def plain(example):
    """An example's facts; what it leaves out matters to nobody."""
    return {fact: example.get(fact, VALUES[fact][0]) for fact in FACTS}


def wrong(designation, told):
    """What is wrong about what is told of it, or None."""
    for region in told["regions"]:
        judged = [designation.met(side, plain(region["example"])) for side in (0, 1)]
        if judged != [region["old"] == "met", region["new"] == "met"] or judged[0] == judged[1]:
            return "an example that is %s: %s" % (judged, region)
    if not told["complete"]:
        return None
    for record in RECORDS:
        judged = [designation.met(side, record) for side in (0, 1)]
        if judged[0] == judged[1]:
            continue
        effect = "gain" if judged[1] else "lose"
        if not any(region["effect"] == effect and all(lies_in(record, p) for p in region["when"])
                   for region in told["regions"]):
            return "%s is in no region (%s)" % (record, effect)
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tidu")
    parser.add_argument("--designations", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    check_kinds(options.tidu)
    designations = [Designation(chance, i) for i in range(options.designations)]
    told = ask(options.tidu, designations)
    count = differing = incomplete = regions = 0
    for designation in designations:
        answer = told[designation.id]
        problem = wrong(designation, answer)
        differs = any(designation.met(0, r) != designation.met(1, r) for r in RECORDS)
        if not problem and answer["complete"] and differs and not answer["regions"]:
            problem = "no region at all"
        differing += differs
        incomplete += not answer["complete"]
        regions += len(answer["regions"])
        if problem:
            count += 1
            print("%s:\n%s---\n%s%s" % (designation.id, designation.text(0), designation.text(1), problem))
    print("%d designations, %d of them judged otherwise somewhere, %d regions, %d not complete: %d differ"
          % (len(designations), differing, regions, incomplete, count))
    sys.exit(count > 0)


if __name__ == "__main__":
    main()
