#!/usr/bin/env python3
"""first_answer.py TIDUD RULES SOCKET REPEATS: milliseconds from starting the daemon to
its first answer, the median and the span."""
import os
import socket
import subprocess
import sys
import time

tidud, rules, path, repeats = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
REQUEST = b'{"jsonrpc":"2.0","id":1,"method":"evaluate","params":{"record":{},"explain":"none"}}\n'


def once():
    if os.path.exists(path):
        os.unlink(path)
    began = time.monotonic()
    daemon = subprocess.Popen([tidud, "--rules", rules, "--socket", path], stderr=subprocess.DEVNULL)
    while True:
        try:
            session = socket.socket(socket.AF_UNIX)
            session.connect(path)
            break
        except OSError:
            time.sleep(0.0005)
    session.sendall(REQUEST)
    session.recv(65536)
    took = (time.monotonic() - began) * 1000
    session.close()
    daemon.terminate()
    daemon.wait()
    return took


times = sorted(once() for _ in range(repeats))
print(f"{times[len(times) // 2]:.0f} {times[0]:.0f}..{times[-1]:.0f}")
