#!/usr/bin/env python3
"""http_latency.py SOCKET HTTP_SOCKET RECORDS DATE: medians of one in flight, in us.

The same requests by turns over the Unix socket and as POST /rpc, each on one
connection that stays open; what this script itself takes is in both.
"""
import socket
import statistics
import sys
import time

COUNT, TURNS = 2000, 3


def connect(path):
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    return client, client.makefile("rb")


def ask_line(client, answers, text):
    client.sendall(text + b"\n")
    return answers.readline()


def ask_http(client, answers, text):
    client.sendall(b"POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                   b"Content-Length: %d\r\n\r\n" % len(text) + text)
    assert answers.readline().startswith(b"HTTP/1.1 200")
    while (line := answers.readline()) != b"\r\n":
        if line.lower().startswith(b"content-length:"):
            length = int(line[15:])
    return answers.read(length)


with open(sys.argv[3]) as lines:
    requests = [('{"jsonrpc":"2.0","id":1,"method":"evaluate","params":{"as_of":"%s",'
                 '"explain":"brief","record":%s}}' % (sys.argv[4], line.strip())).encode()
                for line, _ in zip(lines, range(COUNT))]
ways = [(ask_line, *connect(sys.argv[1]), []), (ask_http, *connect(sys.argv[2]), [])]
for _ in range(TURNS):
    for ask, client, answers, taken in ways:
        for text in requests:
            began = time.perf_counter()
            answer = ask(client, answers, text)
            taken.append(time.perf_counter() - began)
            assert b'"result"' in answer, answer
print(*("%.1f" % (1e6 * statistics.median(taken)) for _, _, _, taken in ways))
