#!/usr/bin/env python3
"""many_records.py RECORDS DATE COUNT: requests with COUNT records each, a line each."""
import sys

with open(sys.argv[1]) as lines:
    records = [line.strip() for line in lines]
count = int(sys.argv[3])
for first in range(0, min(len(records), 400 * count) - count + 1, count):
    print('{"jsonrpc":"2.0","id":1,"method":"evaluate","params":{"explain":"none","as_of":"%s",'
          '"designations":["giant"],"records":[%s]}}'
          % (sys.argv[2], ",".join(records[first:first + count])))
