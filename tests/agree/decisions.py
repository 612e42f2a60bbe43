#!/usr/bin/env python3
"""Decision tables against counting.

usage: decisions.py TIDU [--tables N] [--seed N]

Random tables over a whole number, a number, a code and a flag are checked and
asked by tidu, and gone through cell by cell here: whether a table has a gap or
an overlap, and what each record comes to, also where facts are unknown: then it
is what all values they may have agree on.
"""
import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile

VOCABULARY = '''
fact "n" { zh = "甲", type = "count", unit = "人", whole = true, low = 0 }
fact "x" { zh = "乙", type = "money", unit = "万元" }
fact "c" { zh = "丙", type = "code", values = { "a", "b", "d" }, ordered = true }
fact "f" { zh = "丁", type = "flag" }
'''
# Values enough to tell every border from what lies on its sides.
VALUES = {
    "n": [0, 1, 2, 3, 4, 5],
    "x": [-1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5],
    "c": ["a", "b", "d"],
    "f": [False, True],
}
FACTS = list(VALUES)
ANYTHING = ("-", "任意", "/")
UNIT = {"n": "人", "x": "万元"}


def number_cell(chance, fact, borders):
    low, high = sorted(chance.sample(borders, 2))
    unit = UNIT[fact]
    return chance.choice([
        ("≥ %g%s" % (low, unit), lambda v: v >= low), ("> %g%s" % (low, unit), lambda v: v > low),
        ("%g%s以下" % (low, unit), lambda v: v <= low), ("不足%g%s" % (high, unit), lambda v: v < high),
        ("%g%s—%g%s" % (low, unit, high, unit), lambda v: low <= v < high),
        ("< %g%s or > %g%s" % (low, unit, high, unit), lambda v: v < low or v > high),
        ("= %g%s" % (low, unit), lambda v: v == low), ("<> %g%s" % (low, unit), lambda v: v != low)])


def cell(chance, fact):
    """A cell's words and the test they mean."""
    if chance.random() < 0.3:
        return chance.choice(ANYTHING), lambda v: True
    if fact == "n":
        return number_cell(chance, fact, [1, 2, 3, 4])
    if fact == "x":
        return number_cell(chance, fact, [-1, 0, 1, 2])
    if fact == "f":
        truth = chance.random() < 0.5
        return ("是" if truth else "否"), lambda v: v == truth
    code = chance.choice("abd")
    return chance.choice([("'%s'" % code, lambda v: v == code), ("≥ '%s'" % code, lambda v: v >= code),
                          ("< '%s'" % code, lambda v: v < code),
                          ("in {'%s', 'b'}" % code, lambda v: v in (code, "b"))])


class Table:
    def __init__(self, chance):
        self.facts = chance.sample(FACTS, chance.randint(1, 3))
        self.hit = chance.choice(["unique", "unique", "first", "sum", "count", "min", "max"])
        self.rows = []
        for _ in range(chance.randint(1, 5)):
            self.rows.append(([cell(chance, fact) for fact in self.facts], chance.randint(0, 3)))
        self.otherwise = chance.randint(0, 3) if chance.random() < 0.4 else None
        self.points = list(itertools.product(*(VALUES[fact] for fact in self.facts)))

    def text(self, name):
        hit = ('hit = "%s"' % self.hit if self.hit in ("unique", "first")
               else 'hit = "collect", collect = "%s"' % self.hit)
        rows = ["{ %s, %d }" % (", ".join("[[ %s ]]" % words for words, _ in cells), outcome)
                for cells, outcome in self.rows]
        if self.otherwise is not None:
            cells = ["其他"] + ["-"] * (len(self.facts) - 1)
            rows.append("{ %s, %d }" % (", ".join("[[ %s ]]" % c for c in cells), self.otherwise))
        return 'decision "%s" { zh = "表%s", %s, on = { %s }, rows = {\n  %s } }\n' % (
            name, name, hit, ", ".join("[[ %s ]]" % f for f in self.facts), ",\n  ".join(rows))

    def holding(self, point):
        """Outcomes of the rows that hold, in their order."""
        found = [outcome for cells, outcome in self.rows
                 if all(test(value) for (_, test), value in zip(cells, point))]
        return found if found or self.otherwise is None else [self.otherwise]

    def taken(self, cells):
        return {point for point in self.points
                if all(test(value) for (_, test), value in zip(cells, point))}

    def warnings(self):
        """The codes of the warnings it deserves: rows that hold nowhere, or too late."""
        warnings, before = set(), set()
        for cells, _ in self.rows:
            taken = self.taken(cells)
            if not taken:
                warnings.add("E460")
            elif self.hit == "first" and taken <= before:
                warnings.add("E466")
            before |= taken
        return warnings

    def flaws(self):
        """The codes of the errors it deserves."""
        held = [self.holding(point) for point in self.points]
        flaws = set()
        if self.hit in ("unique", "first") and not all(held):
            flaws.add("E464")
        if self.hit == "unique" and any(len(h) > 1 for h in held):
            flaws.add("E465")
        return flaws

    def status(self, cells, record):
        """Whether a row holds: true, false, or None while nobody knows."""
        truths = [True if words in ANYTHING else None if record[fact] is None else test(record[fact])
                  for (words, test), fact in zip(cells, self.facts)]
        return False if False in truths else None if None in truths else True

    def asked(self, record):
        """What a record comes to: what the rows that may still hold agree on. Sums and
        counts are known only when every row is, or adds nothing."""
        rows = [(self.status(cells, record), outcome) for cells, outcome in self.rows]
        if self.otherwise is not None:
            statuses = [status for status, _ in rows]
            rows.append((False if True in statuses else None if None in statuses else True,
                         self.otherwise))
        if self.hit in ("sum", "count"):
            rows = [(status, 1 if self.hit == "count" else outcome) for status, outcome in rows]
            open_rows = [outcome for status, outcome in rows if status is None and outcome]
            return None if open_rows else sum(outcome for status, outcome in rows if status)
        if self.hit in ("min", "max"):
            rows.sort(key=lambda row: row[1], reverse=self.hit == "max")
        return self.settled(rows)

    def settled(self, rows):
        """The one outcome of the rows in their order, or None."""
        possible = set()
        for status, outcome in rows:
            if status is not False:
                possible.add(outcome)
            if status and self.hit != "unique":
                break
        else:
            if not all(self.holding(point) for point in self.points) and True not in dict(rows):
                possible.add(None)
        return possible.pop() if len(possible) == 1 else None


def random_record(chance):
    return {fact: None if chance.random() < 0.3 else chance.choice(VALUES[fact]) for fact in FACTS}


def lua(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return '"%s"' % value if isinstance(value, str) else "%g" % value


def scenario(number, name, record, expected):
    facts = ", ".join("%s = %s" % (f, lua(v)) for f, v in record.items() if v is not None)
    outcome = '"undetermined"' if expected is None else "%d" % expected
    return 'scenario "%d" { as_of = "2026-06-01", record = { %s }, expect = { %s = %s } }\n' % (
        number, facts, name, outcome)


def check(tidu, text):
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(folder + "/vocabulary")
        with open(folder + "/vocabulary/facts.lua", "w") as file:
            file.write(VOCABULARY)
        with open(folder + "/tables.lua", "w") as file:
            file.write(text)
        done = subprocess.run([tidu, "check", folder, "--format", "json", "--lang", "en"],
                              capture_output=True, text=True)
        return json.loads(done.stdout)["diagnostics"]


def complaints_of(diagnostics, lines):
    """Codes by table: `lines` are the first lines of each."""
    found = [set() for _ in lines]
    for diagnostic in diagnostics:
        number = max(i for i, line in enumerate(lines) if line <= diagnostic["line"])
        found[number].add(diagnostic["code"])
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tidu")
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    tables = [Table(chance) for _ in range(options.tables)]
    text, lines = "", []
    for i, table in enumerate(tables):
        lines.append(text.count("\n") + 1)
        text += table.text("t%d" % i)
    wrong = 0
    for table, said, i in zip(tables, complaints_of(check(options.tidu, text), lines), range(10 ** 6)):
        deserved = table.flaws() | table.warnings()
        if said != deserved:
            wrong += 1
            print("said %s, should be %s\n%s" % (said, deserved, table.text("t%d" % i)))
    sound = [table for table in tables if not table.flaws()]
    text, asked = "", 0
    for i, table in enumerate(sound):
        text += table.text("t%d" % i)
        for _ in range(12):
            record = random_record(chance)
            expected = table.asked(record)
            text += scenario(asked, "t%d" % i, record, expected)
            asked += 1
    for diagnostic in check(options.tidu, text):
        if diagnostic["severity"] == "error":
            wrong += 1
            print(diagnostic["message"], "\n", text.split("\n")[diagnostic["line"] - 1])
    print("%d tables, %d of them sound; %d records asked: %d differences"
          % (len(tables), len(sound), asked, wrong))
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
