#!/usr/bin/env python3
"""idle_sessions.py SOCKET PID COUNT: hold so many sessions that have asked once, and
print what each costs the daemon in KiB of resident memory."""
import resource
import socket
import sys

path, pid, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 100), hard))
resource.prlimit(int(pid), resource.RLIMIT_NOFILE, (min(hard, count + 100), hard))


def resident_kib():
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


REQUEST = b'{"jsonrpc":"2.0","id":1,"method":"evaluate","params":{"record":{},"explain":"none"}}\n'
sessions = []
before = resident_kib()
for _ in range(count):
    session = socket.socket(socket.AF_UNIX)
    session.connect(path)
    session.sendall(REQUEST)
    assert session.recv(65536).endswith(b"\n")
    sessions.append(session)
print(f"{(resident_kib() - before) / count:.2f}")
