"""Orders for a hub whose ledger may go away: each is sent until it is answered, as a console does.

usage: load.py URL FILE CODE...          until SIGTERM; what was acknowledged goes into FILE, a line each: id and number
       load.py --compare FILE THERE      THERE: what the ledger has, as psql -A prints it
"""

import http.client
import json
import signal
import sys
import threading
import time
import urllib.parse
import uuid

OVER = threading.Event()
COMMAND = {
    "do": "add_counter", "name": "", "venue_type": "workers_home", "host": "某工会", "county_code": "611026", "address": "某路1号",
    "longitude_e6": 109000000, "latitude_e6": 33000000, "keeper": "陈守", "phone": "13900000000", "bank": "", "demo_room": False,
}


def ask(connection, method, path, body, headers):
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def enrol(url, code):
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
    body = json.dumps({"code": code, "name": "load", "schema": 1})
    status, text = ask(connection, "POST", "/v1/enrol", body, {"Content-Type": "application/json"})
    if status != 200:
        sys.exit(f"enrol: {status} {text}")
    return json.loads(text)["token"]


class Writer(threading.Thread):
    """Sends one order after the other on a connection of its own."""

    def __init__(self, url, token, acknowledged):
        super().__init__(daemon=True)
        self.url, self.token, self.acknowledged = url, token, acknowledged
        self.told_later, self.broken, self.gap, self.odd = 0, 0, 0.0, None

    def run(self):
        connection, last, n = None, time.monotonic(), 0
        while not OVER.is_set():
            n += 1
            order = {
                "id": str(uuid.uuid4()), "n": n, "made_at": 0, "schema": 1, "by": {"name": "李静", "origin": ""},
                "command": {**COMMAND, "name": f"专柜 {uuid.uuid4()}"},
            }
            body = (json.dumps(order, ensure_ascii=False) + "\n").encode()
            while not OVER.is_set():
                try:
                    connection = connection or http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=30)
                    headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/x-ndjson"}
                    status, text = ask(connection, "POST", "/v1/push", body, headers)
                except (OSError, http.client.HTTPException):
                    self.broken, connection = self.broken + 1, None
                    time.sleep(0.2)
                    continue
                outcome = json.loads(text) if status == 200 else {}
                if outcome.get("outcome") == "accepted":
                    now = time.monotonic()
                    self.gap, last = max(self.gap, now - last), now
                    self.acknowledged.append((order["id"], outcome["seq"]))
                    break
                if status not in (200, 429, 503) or outcome.get("outcome", "later") != "later":
                    self.odd = f"{status} {text}"
                    return
                self.told_later += 1
                time.sleep(0.2)


def load(url, file, codes):
    signal.signal(signal.SIGTERM, lambda *_: OVER.set())
    url = urllib.parse.urlsplit(url)
    acknowledged = []
    writers = [Writer(url, token, acknowledged) for token in [enrol(url, code) for code in codes] for _ in range(2)]
    for writer in writers:
        writer.start()
    while not OVER.is_set():
        time.sleep(0.1)
    for writer in writers:
        writer.join(40)
    with open(file, "w") as out:
        out.writelines(f"{id} {seq}\n" for id, seq in acknowledged)
    odd = [w.odd for w in writers if w.odd]
    if odd:
        sys.exit(odd[0])
    print(
        f"{len(acknowledged)} orders acknowledged to {len(writers)} writers, {sum(w.told_later for w in writers)} times told to come "
        f"later, longest gap {max(w.gap for w in writers):.1f} s",
        end="",
    )


def compare(file, there):
    has = {}
    for line in open(there):
        id, seq = line.strip().split("|")
        has.setdefault(str(uuid.UUID(id)), []).append(int(seq))
    told = [line.split() for line in open(file)]
    lost = sum(id not in has for id, _ in told)
    other = sum(id in has and has[id] != [int(seq)] for id, seq in told)
    twice = len(told) - len({seq for _, seq in told})
    print(f"{lost} lost, {other} of another number, {twice} numbers given twice", end="")


if __name__ == "__main__":
    if sys.argv[1] == "--compare":
        compare(*sys.argv[2:])
    else:
        load(sys.argv[1], sys.argv[2], sys.argv[3:])
