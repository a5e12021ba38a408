#!/usr/bin/env python3
"""Measures the console at a terminal: bytes and milliseconds of every key, first frame, idle, memory, what is left behind.

usage: python3 benches/console.py BIN DATA_DIR [--size 200x50] [--rounds 5] [--idle 10] [--peer CMD --peer-expect RX]

BIN is the built program, DATA_DIR a directory made by `gongfu demo --no-tui --keep DATA_DIR --scale N`. The program runs in
a pseudo-terminal that answers queries like an xterm; keys are pressed one by one, each after the answer to the one before
has been silent for a while. A peer is any program that fills the screen and takes Down, PageDown and q; it is measured in
the same run, and its figures stand beside. Python's standard library only; Linux only, since CPU and memory come from /proc.

A key's milliseconds run from writing it to the last byte of the answer; its bytes are all the answer's. `silent` counts keys
without an answer. The share of other programs in the machine's CPU is printed, since milliseconds mean little without it.
"""
import argparse
import fcntl
import os
import pty
import re
import select
import shlex
import shutil
import signal
import statistics
import struct
import tempfile
import termios
import time
import unicodedata

KEYS = {"Down": "\x1b[B", "Up": "\x1b[A", "PgDn": "\x1b[6~", "Enter": "\r", "Esc": "\x1b", "Back": "\x7f"}
CONTROL = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[\x00-\x1f\x7f]")
MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
QUERY = re.compile(rb"\x1b\[(?:\?([0-9]+)\$p|(6)n|(>?)c|\?(u)|>(q))")
# Modes an xterm has set when nothing has been asked of it.
SET_AT_START = {7, 25}


def clock():
    return time.perf_counter()


class Usage:
    """CPU milliseconds and voluntary switches of a process, over all its threads."""

    def __init__(self, pid):
        self.cpu, self.wakes = 0.0, 0
        for task in os.listdir(f"/proc/{pid}/task"):
            base = f"/proc/{pid}/task/{task}"
            try:
                with open(base + "/schedstat") as f:
                    self.cpu += int(f.read().split()[0]) / 1e6
                with open(base + "/status") as f:
                    self.wakes += int(re.search(r"\nvoluntary_ctxt_switches:\s+(\d+)", f.read()).group(1))
            except OSError:
                pass  # the thread ended meanwhile


def memory(pid):
    """Resident KiB by kind: all, highest, the program's own, pages of files."""
    with open(f"/proc/{pid}/status") as f:
        text = f.read()
    return {k: int(re.search(rf"{k}:\s+(\d+)", text).group(1)) for k in ("VmRSS", "VmHWM", "RssAnon", "RssFile")}


def machine():
    """Busy milliseconds of all cores so far."""
    with open("/proc/stat") as f:
        v = [int(x) for x in f.readline().split()[1:]]
    return (sum(v[:3]) + sum(v[5:7])) * 1000 / os.sysconf("SC_CLK_TCK")


class Program:
    """One program in one pseudo-terminal."""

    def __init__(self, argv, size, sync):
        self.columns, self.rows = size
        self.sync = sync
        self.out = bytearray()
        self.times = []  # (time, bytes so far) of every chunk
        self.asked = 0
        self.home = tempfile.mkdtemp(prefix="console-bench-")
        keep = {k: v for k, v in os.environ.items() if k in ("PATH", "USER")}
        env = {**keep, "HOME": self.home, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        self.begun = clock()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.columns, 0, 0))
                os.execvpe(argv[0], argv, env)
            finally:
                os._exit(127)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.columns, 0, 0))
        self.termios = termios.tcgetattr(self.fd)
        self.poll = select.poll()
        self.poll.register(self.fd, select.POLLIN)

    def read(self, seconds):
        """Takes one chunk; false when none came in time or the program is gone."""
        if not self.poll.poll(seconds * 1000):
            return False
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            data = b""
        if not data:
            return False
        self.out += data
        self.times.append((clock(), len(self.out)))
        self.answer()
        return True

    def answer(self):
        for m in QUERY.finditer(self.out, self.asked):
            self.asked = m.end()
            if m.group(1):
                mode = int(m.group(1))
                known = mode in (1, 7, 25, 1000, 1002, 1003, 1004, 1006, 1049, 2004) or mode == 2026 and self.sync
                state = (1 if mode in self.modes() else 2) if known else 0
                reply = f"\x1b[?{mode};{state}$y"
            elif m.group(2):
                reply = "\x1b[%d;%dR" % self.cursor(m.start())
            elif m.group(3) is not None:
                reply = "\x1b[>41;390;0c" if m.group(3) else "\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c"
            else:
                reply = "\x1bP>|XTerm(390)\x1b\\" if m.group(5) else ""
            os.write(self.fd, reply.encode())

    def cursor(self, end):
        """Where the cursor stands: the last absolute move and what was written on that line since."""
        moves = list(re.finditer(rb"\x1b\[(\d*)(?:;(\d*))?H", self.out[:end]))
        if not moves:
            return 1, 1
        row, column = (int(moves[-1].group(i) or 1) for i in (1, 2))
        text = CONTROL.sub(b"", bytes(self.out[moves[-1].end() : end])).decode(errors="replace")
        return row, column + sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)

    def modes(self):
        now = set(SET_AT_START)
        for numbers, to in MODE.findall(bytes(self.out)):
            for n in map(int, numbers.split(b";")):
                now.add(n) if to == b"h" else now.discard(n)
        return now

    def shows(self, pattern, limit=20.0, gap=0.004):
        """Waits until the text written so far holds the pattern; time and bytes at the end of that burst."""
        end = clock() + limit
        while clock() < end:
            if self.read(gap):
                continue
            if re.search(pattern, CONTROL.sub(b" ", bytes(self.out)).decode(errors="replace")):
                return self.times[-1]
        raise SystemExit(f"{pattern!r} did not come; the last text was {bytes(self.out[-400:])!r}")

    def silence(self, first, quiet):
        """Reads until nothing came for `quiet` seconds; `first` for the first chunk."""
        wait = first
        while self.read(wait):
            wait = quiet

    def press(self, key, quiet=0.06, first=0.5):
        """One key and its answer: seconds to the last byte, bytes."""
        before, at = len(self.out), clock()
        os.write(self.fd, KEYS.get(key, key).encode())
        self.silence(first, quiet)
        if len(self.out) == before:
            return None
        return self.times[-1][0] - at, len(self.out) - before

    def end(self):
        """Leaves by q; gives the exit code and what is left set in the terminal."""
        os.write(self.fd, b"q")
        limit, status = clock() + 3, None
        while status is None and clock() < limit:
            self.read(0.01)
            pid, code = os.waitpid(self.pid, os.WNOHANG)
            status = os.waitstatus_to_exitcode(code) if pid else None
        if status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        left = [f"mode {m}" for m in sorted(self.modes() ^ SET_AT_START)]
        if termios.tcgetattr(self.fd) != self.termios:
            left.append("termios")
        os.close(self.fd)
        shutil.rmtree(self.home, ignore_errors=True)
        return status, left


class Table:
    """The lines of the report, and each step's medians for ratios."""

    def __init__(self):
        self.medians = {}
        print("| step | keys | bytes p50 | p95 | max | ms p50 | p95 | max | silent | CPU ms a key |")
        print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|", flush=True)

    def step(self, name, program, keys, quiet=0.06):
        before, got = Usage(program.pid).cpu, []
        for key in keys:
            got.append(program.press(key, quiet))
        cpu = (Usage(program.pid).cpu - before) / len(keys)
        answers = [g for g in got if g]
        self.line(name, [a[0] * 1000 for a in answers], [a[1] for a in answers], len(got) - len(answers), cpu)

    def line(self, name, times, sizes, silent=0, cpu=None):
        rank = lambda v, p: sorted(v)[min(len(v) - 1, int(len(v) * p))] if v else 0
        middle = lambda v: statistics.median(v) if v else 0
        self.medians[name] = middle(times)
        sizes_text = f"{middle(sizes):.0f} | {rank(sizes, 0.95)} | {max(sizes, default=0)}"
        times_text = f"{middle(times):.1f} | {rank(times, 0.95):.1f} | {max(times, default=0):.1f}"
        cpu_text = "" if cpu is None else f"{cpu:.2f}"
        print(f"| {name} | {len(times) + silent} | {sizes_text} | {times_text} | {silent} | {cpu_text} |", flush=True)


def first_frame(table, name, argv, size, sync, expect, rounds):
    times, sizes, cpu = [], [], []
    for _ in range(rounds):
        program = Program(argv, size, sync)
        at, count = program.shows(expect)
        times.append((at - program.begun) * 1000)
        sizes.append(count)
        cpu.append(Usage(program.pid).cpu)
        program.silence(0.3, 0.3)
        program.end()
    table.line(name, times, sizes, 0, statistics.median(cpu))


def sort_keys(place):
    """Opens the list of columns and chooses the one at `place`."""
    return ["o", "g"] + ["j"] * place


def idle(name, program, seconds, notes):
    before, busy, bytes_before = Usage(program.pid), machine(), len(program.out)
    end = clock() + seconds
    while clock() < end:
        program.read(max(0.0, end - clock()))
    after = Usage(program.pid)
    notes.append(
        f"{name}: {len(program.out) - bytes_before} bytes, {after.wakes - before.wakes} wake-ups, "
        f"{after.cpu - before.cpu:.1f} ms of CPU in {seconds:g} s (all programs {(machine() - busy) / seconds / 10:.0f} % of a core)"
    )


def resident(name, program, notes):
    m = {k: v / 1024 for k, v in memory(program.pid).items()}
    notes.append(
        f"{name}: {m['VmRSS']:.1f} MiB resident ({m['RssAnon']:.1f} own, {m['RssFile']:.1f} of files), highest {m['VmHWM']:.1f}"
    )


def leave(name, program, notes):
    status, left = program.end()
    notes.append(f"{name} after q: exit {status}, left behind: {', '.join(left) or 'nothing'}")


def console(args, size, table, notes):
    argv = [args.program, "--data-dir", args.data]
    first_frame(table, "first frame (board)", argv, size, args.sync, args.expect, args.rounds)
    program = Program(argv, size, args.sync)
    program.shows(args.expect)
    program.silence(0.3, 0.3)
    resident("board", program, notes)
    idle("idle on the board", program, args.idle, notes)
    table.step("open the catalog", program, ["2"], 0.3)
    table.step("open detail", program, ["Enter"], 0.3)
    table.step("back", program, ["Esc"], 0.3)
    # The search column is built in the background: its end shows in the CPU time that stops growing.
    begun, last = clock(), -1.0
    while Usage(program.pid).cpu - last > 1.0 and clock() - begun < 120:
        last = Usage(program.pid).cpu
        program.silence(0.25, 0.25)
    notes.append(f"name index level within {clock() - begun:.1f} s of the catalog")
    resident("catalog with its name index", program, notes)
    table.step("cursor step", program, ["Down"] * min(40, size[1] - 8))
    program.silence(0.2, 0.2)
    for _ in range(size[1]):
        program.press("Down", 0.02)
    table.step("one-row scroll", program, ["Down"] * 100)
    table.step("page", program, ["PgDn"] * 20)
    table.step("end (G)", program, ["G"], 0.5)
    table.step("start (g)", program, ["g"], 0.5)
    for word in ("zsme", "木耳"):
        program.press("/")
        for n, letter in enumerate(word, 1):
            table.step(f"filter {word[:n]}", program, [letter], 0.5)
        program.press("Esc", 0.4)
    for name, place in (("price, indexed", 6), ("specification, no index", 5)):
        for key in sort_keys(place):
            program.press(key, 0.03)
        table.step(f"sort by {name}", program, ["Enter"], 0.7)
    resident("after all", program, notes)
    idle("idle in the catalog", program, args.idle, notes)
    leave("console", program, notes)


def peer(args, size, table, notes):
    argv = shlex.split(args.peer)
    first_frame(table, "peer: first frame", argv, size, args.sync, args.peer_expect, args.rounds)
    program = Program(argv, size, args.sync)
    program.shows(args.peer_expect)
    program.silence(0.2, 0.2)
    resident("peer", program, notes)
    table.step("peer: cursor step", program, ["Down"] * min(40, size[1] - 8))
    for _ in range(size[1]):
        program.press("Down", 0.02)
    table.step("peer: one-row scroll", program, ["Down"] * 100)
    table.step("peer: page", program, ["PgDn"] * 20)
    leave("peer", program, notes)
    pairs = [("first frame (board)", "peer: first frame")]
    pairs += [(n, f"peer: {n}") for n in ("cursor step", "one-row scroll", "page")]
    for ours, theirs in pairs:
        notes.append(f"{ours}: {table.medians[ours] / max(table.medians[theirs], 0.001):.2f} x the peer in ms p50")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("data")
    parser.add_argument("--size", default="200x50")
    parser.add_argument("--rounds", type=int, default=5, help="first frames to take")
    parser.add_argument("--idle", type=float, default=10, help="seconds to watch it idle")
    parser.add_argument("--expect", default=r"QI-\d{4}-\d{3}", help="text of the board that shows its rows are there")
    parser.add_argument("--sync", action="store_true", help="answer like a terminal with synchronized output")
    parser.add_argument("--peer", help="command to measure beside, in one string")
    parser.add_argument("--peer-expect", default=".", help="text that shows the peer's first frame is there")
    args = parser.parse_args()
    size = tuple(int(n) for n in args.size.split("x"))
    begun, busy = clock(), machine()
    print(f"{args.size}, load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores\n")
    table, notes = Table(), []
    if args.peer:
        # In between nothing else runs, so that both see the same machine.
        console(args, size, table, notes)
        peer(args, size, table, notes)
    else:
        console(args, size, table, notes)
    print()
    for note in notes:
        print(f"- {note}")
    share = (machine() - busy) / ((clock() - begun) * 10)
    print(f"- {share:.0f} % of a core busy on average, this program included")


if __name__ == "__main__":
    main()
