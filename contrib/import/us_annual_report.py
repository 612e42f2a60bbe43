#!/usr/bin/env python3
"""Annual reports in a foreign currency to Tidu records.

    us_annual_report.py --rate 6.5 [--shift-years N] TABLE.csv|TABLE.ndjson > records.ndjson

A worked example of an importer: it turns a table into records and invents
nothing. What the table does not say stays out of the record, so Tidu answers
"undetermined" and names the fact to ask for.

The rate (yuan for one unit of the table's currency) is yours to choose and to
answer for: the table has none. README.md says what becomes of each column.
"""
import argparse
import csv
import datetime
import decimal
import json
import sys
from decimal import Decimal

YUAN_IN_A_UNIT = 10000  # money in records is in 万元
YEARS_IN_TABLE = 4      # columns _y0 (the latest) to _y3

# Columns with a figure a year, and those with one for the latest year's end.
YEARLY = ("revenue", "rd_expense", "net_profit")
LATEST = ("total_assets", "total_liabilities")

# The arithmetic is exact: more digits than these cannot come out of one
# multiplication, and one that would be rounded is an error instead.
EXACT = decimal.Context(prec=60, traps=[decimal.Inexact, decimal.InvalidOperation])


class BadRow(Exception):
    pass


def read_number(row, column):
    """A cell as a decimal; None when it is empty or not there."""
    text = row.get(column)
    if text is None or text == "":
        return None
    try:
        number = Decimal(text)
    except decimal.InvalidOperation as problem:
        raise BadRow(f'column "{column}" takes a number, got "{text}"') from problem
    if not number.is_finite():
        raise BadRow(f'column "{column}" takes a number, got "{text}"')
    return number


def financial_year(row):
    """The calendar year in which the middle of the last financial year lies: a
    year that ends on 2 January 2016 is 2015, one that ends in September 2016
    is 2016."""
    text = row.get("period_end") or ""
    try:
        end = datetime.date.fromisoformat(text)
    except ValueError as problem:
        raise BadRow(f'column "period_end" takes a date such as 2016-12-31, got "{text}"') \
            from problem
    return (end - datetime.timedelta(days=182)).year


def to_unit(amount, rate):
    return EXACT.divide(EXACT.multiply(amount, rate), Decimal(YUAN_IN_A_UNIT))


def is_reported(column, amount):
    """Such tables put 0 where a company reports no R&D: that is no figure."""
    return amount is not None and not (column == "rd_expense" and amount == 0)


def yearly_figures(row, column, year, rate):
    figures = {}
    for years_before in range(YEARS_IN_TABLE):
        amount = read_number(row, f"{column}_y{years_before}")
        if is_reported(column, amount):
            figures[str(year - years_before)] = to_unit(amount, rate)
    return figures


def is_listed(row):
    return str(row.get("listed", "")).strip().lower() in ("true", "1", "yes")


def to_record(row, arguments):
    if row.get("currency") != arguments.currency:
        raise BadRow(f'column "currency" is "{row.get("currency")}", the rate is for '
                     f'{arguments.currency}')
    year = financial_year(row) + arguments.shift_years
    record = {}
    if row.get("name"):
        record["enterprise_name"] = row["name"]
    if is_listed(row):
        record["listing_status"] = "listed"
    for column in YEARLY:
        figures = yearly_figures(row, column, year, arguments.rate)
        if figures:
            record[column] = figures
    for column in LATEST:
        amount = read_number(row, column)
        if amount is not None:
            record[column] = {str(year): to_unit(amount, arguments.rate)}
    return record


def spell_number(number):
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def spell(value):
    """JSON with every decimal as it is: a float in between would round it."""
    if isinstance(value, Decimal):
        return spell_number(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{spell(item)}"
                              for key, item in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def parse_row(line):
    row = json.loads(line, parse_float=str, parse_int=str)
    return row if isinstance(row, dict) else {}


def read_rows(path):
    """Rows as dictionaries with their line numbers; cells of numbers as text."""
    with open(path, encoding="utf-8-sig", newline="") as table:
        if path.endswith(".csv"):
            reader = csv.DictReader(table)
            for row in reader:
                yield reader.line_num, row
            return
        for number, line in enumerate(table, start=1):
            if line.strip():
                yield number, parse_row(line)


def positive_rate(text):
    try:
        rate = Decimal(text)
    except decimal.InvalidOperation:
        rate = Decimal(0)
    if not rate.is_finite() or rate <= 0:
        raise argparse.ArgumentTypeError(f"a rate is a number above 0, got {text}")
    return rate


def read_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", help="a .csv file with a heading line, or NDJSON")
    parser.add_argument("--rate", required=True, type=positive_rate,
                        help="yuan for one unit of the currency; yours to choose")
    parser.add_argument("--currency", default="USD", help="the only currency accepted (USD)")
    parser.add_argument("--shift-years", type=int, default=0, metavar="N",
                        help="move every financial year by N years, to ask how old reports "
                             "would fare under later rules; the answers are then hypothetical")
    return parser.parse_args()


def main():
    arguments = read_arguments()
    written = refused = 0
    try:
        for number, row in read_rows(arguments.table):
            try:
                print(spell(to_record(row, arguments)))
                written += 1
            except (BadRow, decimal.Inexact) as problem:
                refused += 1
                reason = str(problem) if isinstance(problem, BadRow) else "too many digits"
                print(f"{arguments.table}:{number}: {reason}", file=sys.stderr)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as problem:
        print(f"us_annual_report: cannot read {arguments.table}: {problem}", file=sys.stderr)
        return 2
    print(f"us_annual_report: {written} records, {refused} rows refused, at your rate of "
          f"{arguments.rate} yuan for 1 {arguments.currency}", file=sys.stderr)
    return 2 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
