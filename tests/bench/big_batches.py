#!/usr/bin/env python3
"""big_batches.py SOCKET RECORDS: have 10,000 records judged at a time, again and again."""
import socket
import sys

with open(sys.argv[2]) as lines:
    records = [line.strip() for line in lines]
batch = ",".join((records * (10000 // len(records) + 1))[:10000])
request = ('{"jsonrpc":"2.0","id":1,"method":"evaluate","params":{"explain":"none",'
           '"as_of":"2026-11-23","include":["designations"],"records":[' + batch + "]}}\n").encode()
session = socket.socket(socket.AF_UNIX)
session.connect(sys.argv[1])
answers = session.makefile("rb")
while True:
    session.sendall(request)
    while b'"id":1' not in answers.readline():
        pass
