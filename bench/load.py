"""A small load: keep-alive connections over plain sockets, so that the client costs little; and what it cost the server."""

import asyncio
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 4


@dataclass(frozen=True, slots=True)
class Figures:
    """`instructions` is in millions, None where the machine cannot count them."""

    rps: float
    p50: float
    p99: float
    cpu_ms: float
    instructions: float | None
    failures: int
    bytes: int


def measure(port: int, pid: int, request: bytes, count: int) -> Figures:
    asyncio.run(_run(port, request, max(8, count // 10)))
    counter = _count_instructions(pid)
    before, started = _cpu_seconds(pid), time.perf_counter()
    waits, failures, size = asyncio.run(_run(port, request, count))
    wall, used = time.perf_counter() - started, _cpu_seconds(pid) - before
    instructions = _instructions(counter)
    waits.sort()
    return Figures(
        rps=count / wall,
        p50=waits[len(waits) // 2] * 1000,
        p99=waits[min(len(waits) - 1, int(len(waits) * 0.99))] * 1000,
        cpu_ms=used * 1000 / count,
        instructions=instructions / count / 1e6 if instructions else None,
        failures=failures,
        bytes=size,
    )


async def _run(port: int, request: bytes, count: int) -> tuple[list[float], int, int]:
    waits: list[float] = []
    failures = size = 0

    async def one(share: int) -> None:
        nonlocal failures, size
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(share):
            started = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), None)
            if length is not None:
                await reader.readexactly(length)
                size = length
            else:
                size = await _chunks(reader)
            waits.append(time.perf_counter() - started)
            failures += not head.startswith((b"HTTP/1.1 2", b"HTTP/1.1 3"))
        writer.close()

    await asyncio.gather(*(one(count // CONNECTIONS) for _ in range(CONNECTIONS)))
    return waits, failures, size


async def _chunks(reader: asyncio.StreamReader) -> int:
    total = 0
    while length := int((await reader.readline()).strip(), 16):
        await reader.readexactly(length + 2)
        total += length
    await reader.readline()
    return total


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _count_instructions(pid: int) -> "subprocess.Popen[str] | None":
    perf = shutil.which("perf") or next((p for p in ("/usr/bin/perf",) if os.path.exists(p)), None)
    if perf is None:
        return None
    process = subprocess.Popen(
        [perf, "stat", "-x", ",", "-e", "instructions:u", "-p", str(pid)],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    time.sleep(0.3)
    return process


def _instructions(process: "subprocess.Popen[str] | None") -> float | None:
    if process is None:
        return None
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=10)[1]
    first = said.strip().split("\n")[-1].split(",")[0] if said.strip() else ""
    return float(first) if first.replace(".", "").isdigit() else None
