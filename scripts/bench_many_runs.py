#!/usr/bin/env python3
"""How the screen and `status` bear thousands of runs: the first list, keys, the machine at rest.

    scripts/bench_many_runs.py --spikedeck target/release/spikedeck --runs 5000

Trains one small run, copies its folder under other ids (with a record of --lines steps each), and measures

    list     seconds from the start of `spikedeck tui` until the list stands, every run counted
    keys     milliseconds from a key to the first byte that it changes: median, and the slowest of --keys
    rest     share of one core that the screen takes over --rest seconds without a key
    status   seconds of `status --json` of all of them, twice: with cold caches of our own, and again

Prints one JSON object with the figures and the processor's name. Only Python's standard library; Linux.
"""

import argparse
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time

SPEC = """
[data]
name = "glyphs"
limit = 100
[network]
family = "vgg"
blocks = [[4, "pool"]]
classes = 10
image = [1, 16, 16]
mean = [0.2]
std = [0.3]
steps = 2
[train]
recipe = "sr"
epochs = 1
batch = 32
"""


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def make(program, root, runs, lines):
    """One real run, copied."""
    experiment = root / "experiments/one"
    experiment.mkdir(parents=True)
    (experiment / "experiment.toml").write_text(SPEC)
    answer = subprocess.run(
        [program, "train", "experiments/one", "--json"], cwd=root, check=True, capture_output=True, text=True
    )
    first = pathlib.Path(json.loads(answer.stdout.splitlines()[-1])["run"])
    # A longer record: its last line again and again, with later steps.
    journal = first / "metrics.jsonl"
    last = [l for l in journal.read_text().splitlines() if "train.ce" in l][-1]
    step, wall = int(re.search(r'"step":(\d+)', last)[1]), float(re.search(r'"wall":([0-9.e-]+)', last)[1])
    with journal.open("a") as out:
        for n in range(1, lines + 1):
            line = re.sub(r'"step":\d+', f'"step":{step + n}', last, count=1)
            out.write(re.sub(r'"wall":[0-9.e-]+', f'"wall":{wall + n * 0.01:.3f}', line, count=1) + "\n")
    manifest = (first / "run.toml").read_text()
    for n in range(1, runs):
        new = first.parent / f"20261123-{n // 3600:02}{n // 60 % 60:02}{n % 60:02}-one-{n:04x}"
        shutil.copytree(first, new, ignore=shutil.ignore_patterns("lock"))
        (new / "run.toml").write_text(manifest.replace(first.name, new.name))


class Screen:
    """`spikedeck tui` in a terminal of 160 columns and 45 rows."""

    def __init__(self, program, root):
        self.begun = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(root)
            os.environ.update(TERM="xterm-256color", LANG="C.UTF-8", XDG_CONFIG_HOME=str(root / "config"))
            os.execv(program, [program, "tui", "."])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 45, 160, 0, 0))
        self.seen = b""

    def read(self, seconds):
        """What comes within so many seconds, at once when it does."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return b""
        more = os.read(self.fd, 1 << 16)
        self.seen += more
        return more

    def until(self, words, longest):
        """Seconds since the start when the words were drawn."""
        while time.perf_counter() - self.begun < longest:
            self.read(0.05)
            # Words are drawn cell by cell with colours between.
            text = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", self.seen)
            if words in text:
                return time.perf_counter() - self.begun
        raise SystemExit(f"{words} did not come within {longest} s")

    def quiet(self, seconds):
        while self.read(seconds):
            pass

    def key(self, key):
        """Milliseconds to the first byte after it."""
        self.quiet(0.15)
        begun = time.perf_counter()
        os.write(self.fd, key)
        while not self.read(2.0):
            if time.perf_counter() - begun > 10:
                raise SystemExit("a key changed nothing")
        return (time.perf_counter() - begun) * 1000

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rest(self, seconds):
        begun, cpu = time.perf_counter(), self.cpu()
        while time.perf_counter() - begun < seconds:
            self.read(0.2)
        return (self.cpu() - cpu) / (time.perf_counter() - begun)

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spikedeck", default="target/release/spikedeck")
    parser.add_argument("--runs", type=int, default=5000)
    parser.add_argument("--lines", type=int, default=200)
    parser.add_argument("--keys", type=int, default=40)
    parser.add_argument("--rest", type=float, default=20)
    parser.add_argument("--in", dest="folder", help="a folder made by an earlier call, or to be kept for a later one")
    args = parser.parse_args()
    program = str(pathlib.Path(args.spikedeck).resolve())
    root = pathlib.Path(args.folder or tempfile.mkdtemp(prefix="spikedeck-many-")).resolve()
    if not (root / "experiments").exists():
        make(program, root, args.runs, args.lines)
    found = {"processor": processor(), "cores": os.cpu_count(), "runs": args.runs}
    status = []
    for _ in range(2):
        begun = time.perf_counter()
        answer = subprocess.run([program, "status", "--json"], cwd=root, check=True, capture_output=True)
        status.append(round(time.perf_counter() - begun, 2))
    found["status_json_seconds"] = status
    found["status_runs"] = len(json.loads(answer.stdout.splitlines()[-1])["runs"])
    screen = Screen(program, root)
    try:
        found["list_seconds"] = round(screen.until(str(found["status_runs"]).encode(), 60), 2)
        keys = sorted(screen.key(k) for _ in range(args.keys // 4) for k in (b"\x1b[B", b"\x1b[B", b"\x1b[A", b"L"))
        found["keys_ms"] = {"median": round(keys[len(keys) // 2], 1), "slowest": round(keys[-1], 1), "of": len(keys)}
        screen.quiet(1.0)
        found["rest_share_of_a_core"] = round(screen.rest(args.rest), 4)
    finally:
        screen.end()
        if not args.folder:
            shutil.rmtree(root)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
