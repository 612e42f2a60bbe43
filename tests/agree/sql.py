#!/usr/bin/env python3
"""A database must come to what the evaluator comes to, for every title and criterion.

    sql.py TIDU TITLES RULES [--records N] [--seed S]

First RULES, the ladder, at two dates in two places; then rules in which every operator
stands (operators/). N records on the ladder's borders (records.py), many of them with facts missing, are
written as rows of the tables of `tidu sql --tables`. SQLite, and PostgreSQL, DuckDB and
ClickHouse when their programs are here, then answer through the view of `tidu sql`, and
every column of every row is compared with titles.c, which asks the evaluator. PostgreSQL
gets the figures as they were spelled, with up to 40 digits; the others, whose columns are
doubles, with 13.

Exit status: 0 all agree, 1 some differ, 2 something could not be asked.
"""
import argparse
import csv
import glob
import io
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile


DIGITS = 13
NUMBER = re.compile(r'(?<=[:\[,])-?\d[\d.eE+-]*(?=[,}\]])')


def run(command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, **more)
    if done.returncode:
        sys.exit("%s: %s" % (" ".join(command[:3]), done.stderr.decode(errors="replace")[:2000]))
    return done.stdout


def shorter(match):
    """A number as a column of doubles can tell it from its neighbours: 13 digits."""
    digits = re.sub(r"[eE].*|[-.]", "", match.group()).strip("0")
    return match.group() if len(digits) <= DIGITS else "%.*g" % (DIGITS, float(match.group()))


def figure(chance):
    """On a border of the operators' rules, or beside it."""
    return chance.choice(["0", "1", "2", "3", "3.5", "5", "4.999999", "6", "7", "8", "10", "9.99999999", "11",
                          "12.5", "20", "-3", "-10", "0.1", "33.3", "10.0000000000000000001"])


def operator_record(chance, number):
    """A record for the rules of operators/: some facts are missing."""
    def day():
        return '"%d-%02d-%02d"' % (chance.randint(2019, 2026), chance.randint(1, 12),
                                   chance.choice([1, 15, 28, 28, 27]))

    def truth():
        return chance.choice(["true", "false"])

    def item():
        fields = {"v": figure(chance), "c": '"%s"' % chance.choice("xyz"), "d": day(), "f": truth()}
        return "{%s}" % ",".join('"%s":%s' % field for field in fields.items() if chance.random() < 0.9)

    def years(value):
        return "{%s}" % ",".join('"%d":%s' % (year, value()) for year in (2023, 2024, 2025)
                                 if chance.random() < 0.9)

    codes = ["C3411", "3411", "C34", "C3499", "0111", "A", "C13", "S96", "97"]
    facts = {"a": years(lambda: figure(chance)), "b": years(lambda: figure(chance)), "n": str(chance.randint(-1, 12)),
             "d": chance.choice([day(), '"2024-01-31"', '"2022-01-31"', '"2023-05-01"', '"2022-02-28"', '"2024-02-29"']),
             "c": '"%s"' % chance.choice(["low", "mid", "top"]), "k": '"%s"' % chance.choice(codes),
             "f": truth(), "g": years(truth),
             "s": "[%s]" % ",".join('"%s"' % chance.choice(["q1", "q2x", "r", "r9", "t"])
                                    for _ in range(chance.randint(0, 3))),
             "l": "[%s]" % ",".join(item() for _ in range(chance.randint(0, 3))),
             "titles": chance.choice(["[]", '[{"id":"held","granted":%s}]' % day(), '[{"id":"held"}]'])}
    stated = ['"%s":%s' % fact for fact in facts.items() if chance.random() < 0.9]
    return '{"enterprise_name":"o%d"%s}' % (number, "".join("," + fact for fact in stated))


class SQLite:
    name = dialect = "sqlite"
    exact = False

    def ask(self, tables, rows, view):
        database = sqlite3.connect(":memory:")
        for script in (tables, rows, view):
            database.executescript(script.decode())
        answer = database.execute("SELECT * FROM enterprise_titles")
        yield [column[0] for column in answer.description]
        for row in answer:
            yield [row[0]] + ["" if v is None else "t" if v else "f" for v in row[1:]]
        database.close()

    def close(self):
        pass


class Postgres:
    name = dialect = "postgres"
    exact = True

    def __init__(self, programs):
        self.home = tempfile.mkdtemp(prefix="tidu-pg-")
        self.programs = programs
        self.as_user = []
        if os.geteuid() == 0:  # it does not run as root
            shutil.chown(self.home, "nobody")
            self.as_user = ["setpriv", "--reuid=nobody", "--clear-groups", "--inh-caps=-all"]
        os.chmod(self.home, 0o755)
        data = os.path.join(self.home, "data")
        run(self.as_user + [programs + "/initdb", "-D", data, "-A", "trust", "-U", "tidu", "--no-sync",
                            "-E", "UTF8", "--locale=C"], cwd="/")
        self.data = data
        run(self.as_user + [programs + "/pg_ctl", "-D", data, "-w", "-l", os.path.join(self.home, "log"), "-o",
                            "-k %s -c listen_addresses= -c fsync=off -c jit=off" % self.home, "start"],
            cwd="/")

    def psql(self, script, *more):
        return run([self.programs + "/psql", "-h", self.home, "-U", "tidu", "-d", "postgres", "-q",
                    "-v", "ON_ERROR_STOP=1", *more], input=script)

    def ask(self, tables, rows, view):
        self.psql(b"DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
        self.psql(tables)
        self.psql(rows + b"ANALYZE;")
        self.psql(view)
        text = self.psql(b"SELECT * FROM enterprise_titles;", "--csv").decode()
        return csv.reader(io.StringIO(text))

    def close(self):
        run(self.as_user + [self.programs + "/pg_ctl", "-D", self.data, "-m", "immediate", "stop"], cwd="/")
        shutil.rmtree(self.home, ignore_errors=True)


class Program:
    """A database that is a command: a script comes in, the last answer goes out as CSV."""
    exact = False
    truths = {"true": "t", "false": "f", "1": "t", "0": "f"}

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="tidu-sql-")

    def ask(self, tables, rows, view):
        shutil.rmtree(self.home)
        os.mkdir(self.home)
        run(self.command(), input=tables + rows + view)
        text = run(self.command(), input=b"SELECT * FROM enterprise_titles;").decode()
        lines = csv.reader(io.StringIO(text))
        yield next(lines)
        for row in lines:
            yield [row[0]] + [self.truths.get(v, "") for v in row[1:]]

    def close(self):
        shutil.rmtree(self.home, ignore_errors=True)


class DuckDB(Program):
    name = dialect = "duckdb"

    def command(self):
        return ["duckdb", "-csv", os.path.join(self.home, "data")]


class ClickHouse(Program):
    name = dialect = "clickhouse"

    def command(self):
        return ["clickhouse", "local", "--path", self.home, "--multiquery", "--output-format", "CSVWithNames"]


def databases():
    yield SQLite()
    for database in (DuckDB, ClickHouse):
        if shutil.which(database.name):
            yield database()
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    if found:
        yield Postgres(os.path.dirname(found[-1]))
    else:
        print("sql: PostgreSQL is not here, so it is not asked")


def by_key(lines):
    names = next(lines)
    return names, {line[0]: line for line in lines}


def differences(expected, actual, show):
    """How many columns of all rows differ; some are shown."""
    (names, rows), (other_names, other_rows) = expected, actual
    if names != other_names or rows.keys() != other_rows.keys():
        print("  other columns or rows: %s" % sorted(set(names) ^ set(other_names))[:5])
        return 1
    count = 0
    for key, row in rows.items():
        for name, a, b in zip(names, row, other_rows[key]):
            if a != b:
                count += 1
                if count <= show:
                    print("  %s %s: evaluator %r, database %r" % (key, name, a, b))
    return count


def compare(asked, rules, database, snapshot, date, region):
    common = [asked.tidu, "sql", "--dialect", database.dialect, "--rules", rules, "--as-of", date,
              "--jurisdiction", region, "--quiet"]
    text = run([asked.titles, rules, snapshot, date, region]).decode()
    expected = by_key(csv.reader(io.StringIO(text)))
    actual = by_key(iter(database.ask(run(common + ["--tables"]), run(common + [snapshot]), run(common))))
    found = differences(expected, actual, asked.show)
    print("sql: %s, %s %s in %s: %d records, %d columns: %d differ" %
          (database.name, os.path.basename(rules), date, region, len(expected[1]), len(expected[0]) - 1, found),
          flush=True)
    return found


def compare_all(asked, rules, made, questions):
    """The same records in each database, asked the questions (a date and a region)."""
    found = 0
    with tempfile.TemporaryDirectory() as scratch:
        snapshots = {True: os.path.join(scratch, "exact.tidu"), False: os.path.join(scratch, "short.tidu")}
        for exact, snapshot in snapshots.items():
            records = os.path.join(scratch, "records.ndjson")
            with open(records, "w", encoding="utf-8") as file:
                file.write(made if exact else NUMBER.sub(shorter, made))
            run([asked.tidu, "population", "build", records, "-o", snapshot, "--rules", rules, "--quiet"])
        for database in asked.databases:
            for date, region in questions:
                found += compare(asked, rules, database, snapshots[database.exact], date, region)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tidu")
    parser.add_argument("titles")
    parser.add_argument("rules")
    parser.add_argument("--records", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--show", type=int, default=10)
    asked = parser.parse_args()
    here = os.path.dirname(os.path.abspath(__file__))
    chance = random.Random(asked.seed)
    asked.databases = list(databases())
    try:
        made = run([sys.executable, os.path.join(here, "records.py"), "--count", str(asked.records),
                    "--seed", str(asked.seed)]).decode()
        found = compare_all(asked, asked.rules, made,
                            [(date, region) for date in ("2025-06-15", "2026-11-23")
                             for region in ("100000", "370200")])
        made = "".join(operator_record(chance, i) + "\n" for i in range(asked.records))
        found += compare_all(asked, os.path.join(here, "operators"), made, [("2026-05-01", "100000")])
    finally:
        for database in asked.databases:
            database.close()
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
