#!/usr/bin/env python3
"""Time commands as whole processes, and print the table of a bench run.

    measure.py time --repeats N [--core C] < commands     one a line: NAME <tab> INPUT <tab> COMMAND
    measure.py table FIGURES                              lines: ROW <tab> UNIT <tab> VALUE [<tab> SPREAD]

Commands run in turn, one after the other and then again, so that a slow minute
of the machine hurts all of them alike. INPUT is what stands on standard input;
standard output goes to /dev/null. For every command a line comes out:

    NAME <tab> MEDIAN <tab> FASTEST <tab> SLOWEST <tab> PEAK        seconds, and the largest memory in KiB
"""
import argparse
import os
import shlex
import statistics
import subprocess
import sys
import time


def run_once(command, input_path, core):
    """Seconds, and the peak of resident memory in KiB."""
    words = shlex.split(command)
    if core is not None:
        words = ["taskset", "-c", core] + words
    with open(input_path, "rb") as source:
        start = time.monotonic()
        process = subprocess.Popen(words, stdin=source, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
    if status != 0:
        sys.exit(f"measure: exit status {os.waitstatus_to_exitcode(status)}: {command}")
    return seconds, usage.ru_maxrss


def time_commands(arguments):
    commands = [line.rstrip("\n").split("\t") for line in sys.stdin if line.strip()]
    results = {name: [] for name, _, _ in commands}
    for _ in range(arguments.repeats):
        for name, input_path, command in commands:
            results[name].append(run_once(command, input_path, arguments.core))
    for name, runs in results.items():
        seconds = sorted(run[0] for run in runs)
        peak = max(run[1] for run in runs)
        print(f"{name}\t{statistics.median(seconds):.4f}\t{seconds[0]:.4f}\t{seconds[-1]:.4f}\t{peak}")
    return 0


def print_table(arguments):
    """Rows of one unit stand together; the first of each unit is the measure
    of the others."""
    with open(arguments.figures, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line.strip()]
    width = max(len(row[0]) for row in rows)
    first = {}
    unit = None
    for row in rows:
        if row[1] != unit:
            unit = row[1]
            print(f"\n{'':<{width}}  {unit:>16}   ratio")
        value = float(row[2])
        first.setdefault(unit, value)
        ratio = value / first[unit] if first[unit] else 0
        spread = row[3] if len(row) > 3 else ""
        print(f"{row[0]:<{width}}  {value:>16,.1f}  {ratio:>6.2f}  {spread}")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    timing = commands.add_parser("time")
    timing.add_argument("--repeats", type=int, default=5)
    timing.add_argument("--core")
    table = commands.add_parser("table")
    table.add_argument("figures")
    arguments = parser.parse_args()
    return time_commands(arguments) if arguments.command == "time" else print_table(arguments)


if __name__ == "__main__":
    sys.exit(main())
