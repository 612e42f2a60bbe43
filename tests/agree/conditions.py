#!/usr/bin/env python3
"""What check says of conditions against counting.

usage: conditions.py TIDU [--conditions N] [--seed N]

Random conditions are gone through case by case: one that no case meets must be
warned about, one that every case meets too, and none may be called so that is not.
"""
import argparse
import itertools
import random
import sys

from decisions import FACTS, UNIT, VALUES, check

COMPARE = {
    "<": lambda v, b: v < b, "<=": lambda v, b: v <= b, ">": lambda v, b: v > b, ">=": lambda v, b: v >= b,
    "=": lambda v, b: v == b, "<>": lambda v, b: v != b,
}
BORDERS = {"n": [1, 2, 3], "x": [-1, 0, 1]}


def leaf(chance):
    """A comparison or a flag: its words, and the test they mean."""
    fact = chance.choice(FACTS)
    if fact == "f":
        return "f", lambda record: record["f"]
    if fact == "c":
        code, operator = chance.choice("abd"), chance.choice(["=", "<", ">=", "<>"])
        return "c %s '%s'" % (operator, code), lambda record: COMPARE[operator](record["c"], code)
    border, operator = chance.choice(BORDERS[fact]), chance.choice(list(COMPARE))
    words = "%s %s %g%s" % (fact, operator, border, UNIT[fact])
    return words, lambda record: COMPARE[operator](record[fact], border)


def condition(chance, depth):
    kind = chance.random()
    if depth == 0 or kind < 0.25:
        return leaf(chance)
    (a, means_a), (b, means_b) = condition(chance, depth - 1), condition(chance, depth - 1)
    if kind < 0.55:
        return "(%s and %s)" % (a, b), lambda record: means_a(record) and means_b(record)
    if kind < 0.8:
        return "(%s or %s)" % (a, b), lambda record: means_a(record) or means_b(record)
    if kind < 0.9:
        return "(not (%s))" % a, lambda record: not means_a(record)
    return ("(if f then %s else %s)" % (a, b),
            lambda record: means_a(record) if record["f"] else means_b(record))


def is_wrong(truths, codes):
    """E472 speaks of any piece of a condition, E473 only of all of it."""
    never, always = not any(truths), all(truths)
    return ((never and "E472" not in codes) or (always and not codes & {"E472", "E473"}) or
            (not always and "E473" in codes) or codes - {"E472", "E473", "E475", "E476"})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tidu")
    parser.add_argument("--conditions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    records = [dict(zip(FACTS, point)) for point in itertools.product(*VALUES.values())]
    conditions = [condition(chance, 3) for _ in range(options.conditions)]
    text = "".join('designation "d%d" { zh = "%d" }\ncriterion "x" [[ %s ]]\n' % (i, i, words)
                   for i, (words, _) in enumerate(conditions))
    said = [set() for _ in conditions]
    for diagnostic in check(options.tidu, text):
        said[(diagnostic["line"] - 1) // 2].add(diagnostic["code"])
    wrong = 0
    for (words, means), codes in zip(conditions, said):
        truths = [bool(means(record)) for record in records]
        if is_wrong(truths, codes):
            wrong += 1
            print("said %s: met by %d of %d cases: %s" % (codes, sum(truths), len(truths), words))
    print("%d conditions, %d of them warned about: %d differences"
          % (len(conditions), sum(map(bool, said)), wrong))
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
