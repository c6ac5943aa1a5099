#!/usr/bin/env python3
"""How fast recordings of events are read, against expelliarmus and faery: by turns, on the same files, in one run.

    python3 -m venv venv && venv/bin/pip install numpy expelliarmus==1.1.12 faery==0.7.1
    venv/bin/python scripts/ingest_ratio.py --data ../shared/data/events --spikedeck target/release/spikedeck

Real recordings are small, so their words are written over and over into larger files first (times then fall at each
seam, which costs nobody anything). Each program hands over every event as time, column, row and polarity, on one core;
expelliarmus as one array, faery as arrays of a part each, spikedeck in batches. Files are in the system's memory.
Prints a table in Markdown: each program's best round (of spikedeck's, the median pass), MB being 10^6 bytes of the file. Times are those on the
processor, so that what else the machine does costs neither side its turn (its caches it shares all the same).
"""

import argparse
import json
import struct
import subprocess
import tempfile
import time
from pathlib import Path

FILES = [
    ("EVT3, single events", "prophesee/evt3_small.raw", "evt3"),
    ("EVT3, with vectors", "samples/evt3_vectors.raw", "evt3"),
    ("EVT2", "prophesee/evt2_sample.raw", "evt2"),
    ("EVT2.1", "samples/evt21_genx320.raw", None),
    ("DAT", "samples/cd.dat", "dat"),
    ("AEDAT 4, LZ4", "aedat4/sample.aedat4", None),
    ("AEDAT 4, Zstandard", "samples/dv_zstd_no_table.aedat4", None),
    ("AEDAT 4, not packed", "samples/dv_none_no_table.aedat4", None),
    ("AEDAT 3.1", "recontainerised/RECONTAINERISED_gesture1_aedat31.aedat", None),
    ("AEDAT 2.0", "aedat2/IMU_translBoxes.aedat", None),
    ("40 bit", "dvsgesture-bs2/5.bs2", None),
]
BY_FAERY = ("EVT3", "EVT2", "DAT", "AEDAT 4")


def parts(data, path):
    """Where the header of a recording ends, and where its events do."""
    if path.endswith((".raw", ".dat")):
        at = 0
        while data[at:at + 2] == b"% ":
            line = data[at:data.index(b"\n", at) + 1]
            at += len(line)
            if line.strip() == b"% end":
                break
        return at + (2 if path.endswith(".dat") else 0), len(data)
    if data.startswith(b"#!AER-DAT4"):
        return 18 + struct.unpack_from("<I", data, 14)[0], len(data)
    if data.startswith(b"#!AER-DAT3"):
        return data.index(b"#!END-HEADER\r\n") + 14, len(data)
    if data.startswith(b"#!AER-DAT2"):
        # jAER's header is text; the records of this file begin where it is not.
        at = 0
        while data[at:at + 1] == b"#" and data[at:data.index(b"\n", at)].rstrip(b"\r").isascii():
            at = data.index(b"\n", at) + 1
        return at, len(data) - (len(data) - at) % 8
    return 0, len(data)


def larger(source, megabytes, folder):
    data = source.read_bytes()
    begin, end = parts(data, source.name)
    head, body = bytearray(data[:begin]), data[begin:end]
    if data.startswith(b"#!AER-DAT4"):
        # Where the table of packets is: a number in the header that must say that there is none.
        named = [p for p in range(begin, end) if struct.pack("<q", p) in head]
        if named and struct.pack("<q", -1) not in head:
            table = named[-1]
            body = data[begin:table]
            at = head.index(struct.pack("<q", table))
            head[at:at + 8] = struct.pack("<q", -1)
    target = Path(folder) / f"{len(list(Path(folder).iterdir()))}-{source.name}"
    with target.open("wb") as file:
        file.write(head)
        for _ in range(max(1, int(megabytes * 1e6 / len(body)))):
            file.write(body)
    return target


def spikedeck(program, path):
    command = [program, "bench", "ingest", path, "--json"]
    if path.suffix == ".bs2":
        command += ["--format", "40-bit"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True)
    row = json.loads(done.stdout.strip().splitlines()[-1])["files"][0]
    return row["median_cpu_seconds"] or row["median_seconds"], row["events"]


def timed(read):
    begun = time.process_time()
    events = read()
    return time.process_time() - begun, events


def by_expelliarmus(path, encoding):
    from expelliarmus import Wizard
    return timed(lambda: len(Wizard(encoding=encoding).read(path)))


def by_faery(path):
    import faery
    return timed(lambda: sum(len(part) for part in faery.events_stream_from_file(path)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default="../shared/data/events")
    parser.add_argument("--megabytes", type=float, default=64, help="of each file")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--spikedeck", default="target/release/spikedeck")
    args = parser.parse_args()
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    print(f"{names[0].split(':')[1].strip()}, one core, {args.rounds} rounds, files of {args.megabytes:g} MB, processor time, the best round of each\n")
    print("| format | spikedeck, MB/s | million events/s | expelliarmus | faery |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, file, encoding in FILES:
            path = larger(Path(args.data) / file, args.megabytes, folder)
            bytes_ = path.stat().st_size
            seconds = {"spikedeck": [], "expelliarmus": [], "faery": []}
            counts = {}
            for _ in range(args.rounds):
                took, counts["spikedeck"] = spikedeck(args.spikedeck, path)
                seconds["spikedeck"].append(took)
                if encoding:
                    took, counts["expelliarmus"] = by_expelliarmus(path, encoding)
                    seconds["expelliarmus"].append(took)
                if name.startswith(BY_FAERY) and "2.1" not in name:
                    took, counts["faery"] = by_faery(path)
                    seconds["faery"].append(took)
            ours = min(seconds["spikedeck"])
            cells = [f"{bytes_ / 1e6 / ours:.0f}", f"{counts['spikedeck'] / 1e6 / ours:.0f}"]
            for other in ("expelliarmus", "faery"):
                if not seconds[other]:
                    cells.append("does not read it")
                    continue
                theirs = min(seconds[other])
                alike = "" if counts[other] == counts["spikedeck"] else f", {counts[other]} events of {counts['spikedeck']}"
                cells.append(f"{bytes_ / 1e6 / theirs:.0f} MB/s ({theirs / ours:.1f} times{alike})")
            print(f"| {name} | {' | '.join(cells)} |", flush=True)
            path.unlink()


if __name__ == "__main__":
    main()
