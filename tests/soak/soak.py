#!/usr/bin/env python3
"""soak.py SECONDS: one tidud under mixed load, whose memory has to stay flat.

Needs TIDUD and TIDU_AUTHOR. Clients evaluate one by one and in batches, send what is
broken, start jobs and cancel them, come and go, subscribe, ask the journal, keep
enterprises in the library and come by HTTP, all to a confined daemon, while the rules change every few seconds, are refused now and then, and a shadow comes and goes. The
store's journal is closed every few hundred decisions.

Every answer is checked. When all is quiet for a moment, after a warm-up and at the end,
memory, descriptors and threads are read: fails when there is more than 5 % more memory, a
thread more, or more descriptors than each thread may have opened to keep (a worker its
connection to the library, when it is asked for a title the first time), or when any answer
was wrong.
"""
import json
import os
import queue
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

PATIENCE_S = 60
MOST_GROWTH = 0.05
THRESHOLDS = (100, 200, 300, 400)

UPPER = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(number):
    """A unified social credit code with its check digit, by GB 32100."""
    code = "91440300MA%07d" % number
    total = sum(UPPER.index(digit) * pow(3, place, 31) for place, digit in enumerate(code))
    return code + UPPER[(31 - total % 31) % 31]


FACTS = """fact "uscc" { zh = "统一社会信用代码", en = "Credit code", type = "text", pattern = "uscc" }
fact "enterprise_name" { zh = "企业名称", en = "Name", type = "text" }
fact "revenue" { zh = "营业收入", en = "Revenue", type = "money", unit = "万元", annual = true }
fact "years" { zh = "年限", en = "Years", type = "years", unit = "年" }
"""
DOCUMENT = """# 测试办法

```lua
policy { id = "test", zh = "测试办法", en = "Test measures", effective = "2020-01-01", mark = "I" }
designation "lg" { zh = "小巨人", en = "Little giant", tier = 1 }
```

## 一、规模

上年度营业收入不低于%d万元。

```lua
criterion "scale" { zh = "营业收入", en = "Revenue", [[ revenue >= %d万元 ]] }
```
"""


class Wrong(Exception):
    pass


class Soak:
    def __init__(self, folder):
        self.folder = folder
        self.socket = folder + "/socket"
        self.thresholds = {}  # by the short digest of a ruleset
        self.running = threading.Event()
        self.over = False
        self.resting = 0
        self.count = {}
        self.wrong = queue.Queue()
        self.lock = threading.Lock()

    def write_rules(self, text):
        with open(self.folder + "/rules/national/a.md.new", "w") as file:
            file.write(text)
        os.rename(self.folder + "/rules/national/a.md.new", self.folder + "/rules/national/a.md")

    def start(self):
        os.makedirs(self.folder + "/rules/vocabulary")
        os.makedirs(self.folder + "/rules/national")
        os.makedirs(self.folder + "/store")
        with open(self.folder + "/rules/vocabulary/facts.lua", "w") as file:
            file.write(FACTS)
        self.write_rules(DOCUMENT % (100, 100))
        with open(self.folder + "/settings", "w") as file:
            file.write('rules = "%s/rules";\nsocket = { path = "%s"; };\nthreads = { workers = 2; };\n'
                       'reload = { watch = false; };\nlimits = { line_bytes = 1000000; };\n'
                       'store = { path = "%s/store"; durability = "batch"; rotate_bytes = 100000; };\n'
                       'http = { listen = "%s/http"; };\n'
                       'log = { level = "warning"; };\n' % (self.folder, self.socket, self.folder,
                                                             self.folder))
        self.daemon = subprocess.Popen([os.environ["TIDUD"], "-c", self.folder + "/settings"],
                                       stderr=open(self.folder + "/log", "w"))
        began = time.time()
        while not os.path.exists(self.socket):
            if self.daemon.poll() is not None or time.time() - began > PATIENCE_S:
                raise Wrong("the daemon did not start: " + open(self.folder + "/log").read())
            time.sleep(0.1)

    def counted(self, what, times=1):
        with self.lock:
            self.count[what] = self.count.get(what, 0) + times


class Client:
    def __init__(self, soak):
        self.soak = soak
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(soak.socket)
        self.lines = self.socket.makefile("rb")
        self.number = 0

    def close(self):
        self.lines.close()
        self.socket.close()

    def send(self, method, params):
        self.number += 1
        self.socket.sendall((json.dumps({"jsonrpc": "2.0", "id": self.number, "method": method,
                                         "params": params}) + "\n").encode())
        return self.number

    def next(self):
        line = self.lines.readline()
        if not line:
            raise Wrong("the connection was closed")
        return json.loads(line)

    def answer(self, number):
        while True:
            answer = self.next()
            if "method" in answer:
                self.soak.counted("notifications")
                continue
            if answer.get("id") != number:
                raise Wrong("an answer to %s came for %s" % (answer.get("id"), number))
            return answer

    def ask(self, method, params):
        return self.answer(self.send(method, params))

    def result(self, method, params):
        answer = self.ask(method, params)
        if "result" not in answer:
            raise Wrong("%s: %s" % (method, json.dumps(answer, ensure_ascii=False)))
        return answer["result"]


def check_status(soak, answer, revenue):
    threshold = soak.thresholds.get(answer["ruleset"])
    wanted = None if threshold is None else "met" if revenue >= threshold else "unmet"
    got = answer["designations"][0]["status"]
    if wanted != got:
        raise Wrong("revenue %s by %s was %s, not %s" % (revenue, answer["ruleset"], got, wanted))


def record(revenue):
    return {"enterprise_name": "企业%d" % random.randrange(1000), "revenue": {"2025": revenue}}


# Each load is a function that is called again and again with a client of its own.

def one_by_one(soak, client):
    for _ in range(20):
        revenue = random.randrange(600)
        check_status(soak, client.result("evaluate", {"record": record(revenue), "as_of": "2026-06-01"}),
                     revenue)
    soak.counted("single", 20)


def pipelined(soak, client):
    revenues = [random.randrange(600) for _ in range(40)]
    numbers = [client.send("evaluate", {"record": record(r), "as_of": "2026-06-01", "explain": "full"})
               for r in revenues]
    for number, revenue in zip(numbers, revenues):
        check_status(soak, client.answer(number)["result"], revenue)
    soak.counted("pipelined", 40)


def batches(soak, client):
    size = random.choice((10, 100, 1500))
    records = [record(random.randrange(600)) for _ in range(size)]
    records[3] = {"revenue": "viel"}
    result = client.result("evaluate", {"records": records, "as_of": "2026-06-01", "explain": "none"})
    if len(result["answers"]) != size or "code" not in json.dumps(result["answers"][3]):
        raise Wrong("a batch of %d: %s" % (size, json.dumps(result)[:300]))
    for given, answer in zip(records[4:], result["answers"][4:]):
        check_status(soak, answer, given["revenue"]["2025"])
    soak.counted("of batches", size)


def broken(soak, client):
    for line, code in ((b"{\"jsonrpc\":", -32700), (b"[]", -32600), (b"7", -32600),
                       (b'{"jsonrpc":"2.0","id":1,"method":"nothing"}', -32601),
                       (b'{"jsonrpc":"2.0","id":1,"method":"evaluate","params":{"lang":7}}', -32602),
                       (b'{"jsonrpc":"2.0","id":1,"method":"evaluate","params":{"record":{"revenue":"x"}}}',
                        -32001)):
        client.socket.sendall(line + b"\n")
        answer = client.next()
        if answer["error"]["code"] != code:
            raise Wrong("%s: %s" % (line, answer))
    soak.counted("broken", 6)


def too_long(soak, client):
    """A line over the limit: told so, and the end."""
    try:
        client.socket.sendall(b'{"a":"' + b"x" * 1100000 + b'"}\n')
    except BrokenPipeError:
        pass
    if client.next()["error"]["code"] != -32004:
        raise Wrong("a line over the limit was taken")
    client.close()
    client.__init__(soak)
    soak.counted("too long")


def jobs(soak, client):
    records = [record(random.randrange(600)) for _ in range(2000)]
    number = client.send("evaluate", {"records": records, "as_of": "2026-06-01", "explain": "full",
                                      "async": True})
    name = client.answer(number)["result"]["job"]
    if random.random() < 0.5:
        cancel = client.send("cancel", {"job": name})
    else:
        cancel = None
    done = cancelled = False
    while not done or (cancel and not cancelled):
        answer = client.next()
        done = done or answer.get("method") == "done"
        cancelled = cancelled or answer.get("id") == cancel
    soak.counted("jobs")


def come_and_go(soak, client):
    others = [Client(soak) for _ in range(20)]
    for other in others[:10]:
        other.send("evaluate", {"record": record(1), "as_of": "2026-06-01"})
    for other in others[5:]:
        other.socket.sendall(b'{"jsonrpc":"2.0","id":1,"met')
    for other in others:
        other.close()
    lone = Client(soak)
    lone.send("evaluate", {"records": [record(1)] * 3000, "as_of": "2026-06-01"})
    lone.close()
    soak.counted("left", 21)
    client.result("status", {})


def subscribed(soak, client):
    client.result("subscribe", {"events": ["ruleset.changed", "reload.refused", "decision.changed"],
                                "records": [record(150), record(350)]})
    for _ in range(10):
        time.sleep(0.2)
        client.result("status", {})


def looking(soak, client):
    client.result("journal.list", {"limit": 20})
    client.result("describe", {})
    client.result("rulesets", {})
    client.result("check", {"documents": {"national/a.md": DOCUMENT % (7, 7)}})
    soak.counted("looks")
    time.sleep(0.3)


def keeping(soak, client):
    """Some enterprises, loaded and forgotten again and again."""
    kept = [{"uscc": uscc(random.randrange(300)), **record(random.randrange(600)),
             "titles": [{"id": "lg", "granted": "2024-06-01"}]} for _ in range(20)]
    client.result("library.load", {"enterprises": kept})
    found = client.result("library.get", {"uscc": kept[-1]["uscc"]})
    if found["facts"]["revenue"]["2025"] != kept[-1]["revenue"]["2025"]:
        raise Wrong("the library has %s, not %s" % (found, kept[-1]))
    client.result("library.search", {"limit": 10})
    answer = client.result("evaluate", {"record": {"uscc": kept[0]["uscc"], "revenue": {"2025": 1}},
                                        "as_of": "2026-06-01"})
    if "lg" not in json.dumps(answer.get("library", {})):
        raise Wrong("a title was not lent: %s" % json.dumps(answer)[:300])
    client.result("library.remove", {"uscc": kept[1]["uscc"], "reason": "moved away"})
    soak.counted("kept", 20)
    time.sleep(0.2)


def by_http(soak, client):
    """Several requests on one connection, and one that could be read in two ways."""
    web = socket.socket(socket.AF_UNIX)
    web.settimeout(PATIENCE_S)
    web.connect(soak.folder + "/http")
    lines = web.makefile("rb")

    def answer():
        status, length = int(lines.readline().split()[1]), 0
        while (line := lines.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line[15:])
        return status, lines.read(length)

    for _ in range(10):
        revenue = random.randrange(600)
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "evaluate",
                           "params": {"record": record(revenue), "as_of": "2026-06-01"}}).encode()
        web.sendall(b"POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n" % len(body) + body)
        status, text = answer()
        if status != 200:
            raise Wrong("HTTP: %d %s" % (status, text))
        check_status(soak, json.loads(text)["result"], revenue)
    web.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\nGET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"
                b"POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}")
    statuses = [answer()[0] for _ in range(3)]
    if statuses != [200, 200, 400] or lines.read():
        raise Wrong("HTTP: %s" % statuses)
    lines.close()
    web.close()
    soak.counted("by HTTP", 13)


def operating(soak, client):
    """The only one to change rules, so that it knows which they are."""
    threshold = random.choice(THRESHOLDS)
    soak.write_rules(DOCUMENT % (threshold, threshold))
    digest = soak.digest_of(threshold)
    client.result("reload", {})
    if client.result("status", {})["ruleset"]["digest"][:12] != digest:
        raise Wrong("the rules are not those that were loaded")
    soak.counted("reloads")
    if random.random() < 0.3:
        soak.write_rules("```lua\ncriterion \"x\" [[ nobody knows ]]\n```\n")
        if client.ask("reload", {}).get("error", {}).get("code") != -32002:
            raise Wrong("broken rules were not refused")
        soak.counted("refused reloads")
    shadow = client.result("rulesets", {})["versions"][0]["digest"] if random.random() < 0.7 else None
    client.result("shadow", {"ruleset": shadow, "share": 0.5} if shadow else {"ruleset": None})
    soak.counted("shadows")
    time.sleep(2)


LOADS = (one_by_one, pipelined, batches, broken, too_long, jobs, come_and_go, subscribed, looking, keeping, by_http, operating)


def carry(soak, load):
    """One thread: a load again and again, with pauses when all is to be quiet."""
    client = None
    try:
        while not soak.over:
            if not soak.running.is_set():
                if client:
                    client.close()
                client = None
                with soak.lock:
                    soak.resting += 1
                soak.running.wait()
                with soak.lock:
                    soak.resting -= 1
                continue
            client = client or Client(soak)
            load(soak, client)
            time.sleep(0.05)
    except Exception as error:  # whatever it is, it is told and ends the soak
        soak.wrong.put("%s: %s %s" % (load.__name__, type(error).__name__, error))


def measure(soak):
    """Memory in KiB, descriptors, threads."""
    process = "/proc/%d" % soak.daemon.pid
    status = dict(line.split(":", 1) for line in open(process + "/status"))
    return (int(status["VmRSS"].split()[0]), len(os.listdir(process + "/fd")), int(status["Threads"]))


def learn(soak):
    """Which digest has which threshold: load each once, before anybody asks."""
    known = {}
    client = Client(soak)
    for threshold in THRESHOLDS:
        soak.write_rules(DOCUMENT % (threshold, threshold))
        client.result("reload", {})
        digest = client.result("status", {})["ruleset"]["digest"][:12]
        known[threshold] = digest
        soak.thresholds[digest] = threshold
    soak.digest_of = known.get
    client.close()


def wait(soak, seconds, series):
    until = time.time() + seconds
    while time.time() < until and soak.wrong.empty() and soak.daemon.poll() is None:
        time.sleep(min(5, max(0.1, until - time.time())))
        series.append(measure(soak))


def come_to_rest(soak, threads):
    soak.running.clear()
    until = time.time() + 2 * PATIENCE_S
    while soak.resting < len(threads) and soak.wrong.empty() and time.time() < until:
        time.sleep(0.1)
    client = Client(soak)
    while client.result("status", {})["sessions"]["open"] > 1 and time.time() < until:
        time.sleep(0.1)
    # Each taking over gives back to the system what is free.
    for threshold in THRESHOLDS[:2]:
        soak.write_rules(DOCUMENT % (threshold, threshold))
        client.result("reload", {})
    client.close()
    time.sleep(2)
    return measure(soak)


def soak_it(soak, seconds):
    series = []
    soak.start()
    learn(soak)
    threads = [threading.Thread(target=carry, args=(soak, load), daemon=True) for load in LOADS]
    soak.running.set()
    for thread in threads:
        thread.start()
    wait(soak, min(180, seconds / 4), series)
    before = come_to_rest(soak, threads)
    soak.running.set()
    wait(soak, seconds - min(180, seconds / 4), series)
    after = come_to_rest(soak, threads)
    return series, before, after


def judge(soak, before, after):
    complaints = []
    while not soak.wrong.empty():
        complaints.append(soak.wrong.get())
    if after[0] > before[0] * (1 + MOST_GROWTH):
        complaints.append("memory grew from %d to %d KiB" % (before[0], after[0]))
    if after[1] > before[1] + after[2]:
        complaints.append("descriptors grew from %d to %d" % (before[1], after[1]))
    if after[2] > before[2]:
        complaints.append("threads grew from %d to %d" % (before[2], after[2]))
    if soak.daemon.poll() is not None:
        complaints.append("the daemon ended with %s" % soak.daemon.returncode)
    return complaints


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 900
    folder = tempfile.mkdtemp(prefix="tidu-soak-")
    soak = Soak(folder)
    complaints = ["it did not come to its end"]
    try:
        series, before, after = soak_it(soak, seconds)
        complaints = judge(soak, before, after)
        print("memory KiB, descriptors, threads at rest: %s after the warm-up, %s at the end" % (before, after))
        print("under load: %d to %d KiB" % (min(s[0] for s in series), max(s[0] for s in series)))
        print(", ".join("%s %d" % item for item in sorted(soak.count.items())))
        print("%d closed files of the journal" % (len(os.listdir(folder + "/store"))))
    except Wrong as error:
        complaints = [str(error)]
    finally:
        soak.over = True
        if hasattr(soak, "daemon"):
            soak.daemon.terminate()
            status = soak.daemon.wait(PATIENCE_S)
            if status:
                complaints.append("the daemon ended with %d: %s" % (status, open(folder + "/log").read()[-2000:]))
        shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(complaints) if complaints else "flat, and every answer as it should be")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
