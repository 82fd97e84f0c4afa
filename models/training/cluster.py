"""The embedded cluster: a Dask scheduler and its workers in processes of their own.

`launch` starts `python -m models.training.cluster` and hands it the keys through its standard input.
The other end of that pipe is the server: when it closes, however the server ended, the cluster ends.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
import psutil
from distributed.security import Security

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 240
KEYS = (
    "tls_ca_file",
    "tls_client_key",
    "tls_client_cert",
    "tls_scheduler_key",
    "tls_scheduler_cert",
    "tls_worker_key",
    "tls_worker_cert",
)
SETTINGS = {
    "distributed.scheduler.allowed-failures": 0,
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.deploy.lost-worker-timeout": "1 hour",
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.terminate": 0.9,
}
"""A run whose worker dies is not tried again unasked; runs wait at the scheduler, where the order is fair;
a worker that takes long to come back on a busy machine (15 s were seen) is not given up."""

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "DASK_LOGGING__DISTRIBUTED": "critical",
    "PYTHONWARNINGS": "ignore",
}
"""One thread each; what befalls a worker is told in the store, not in the server's log."""


@dataclass
class Cluster:
    """A cluster that this process started."""

    process: subprocess.Popen
    address: str
    security: Security

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def close(self) -> None:
        """End it and wait for the end."""
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def launch(workers: int | None = None) -> Cluster:
    """Start a cluster with so many workers (None: one per core) and wait for its address."""
    security = Security.temporary()
    order = {"workers": workers or cores(), "keys": {name: getattr(security, name) for name in KEYS}}
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    process = subprocess.Popen(
        [sys.executable, "-m", "models.training.cluster"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | ENVIRONMENT | {"PYTHONPATH": path},
        cwd=ROOT,
        text=True,
    )
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()
    watchdog = threading.Timer(START_SECONDS, process.kill)
    watchdog.start()
    address = process.stdout.readline().strip()
    watchdog.cancel()
    cluster = Cluster(process, address, security)
    if not address:
        cluster.close()
        raise RuntimeError("the training processes could not be started")
    return cluster


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory_limit(workers: int) -> int:
    """Bytes that one worker may take: its share of the machine, at most 4 GB."""
    return min(4 * 2**30, psutil.virtual_memory().total // (workers + 1))


def serve(order: dict[str, Any]) -> None:
    """Run the cluster until standard input closes."""
    from distributed import LocalCluster

    folder = tempfile.mkdtemp(prefix="unrolled-workers-")
    dask.config.set(SETTINGS | {"temporary-directory": folder})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cluster = LocalCluster(
            n_workers=order["workers"],
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            memory_limit=memory_limit(order["workers"]),
            security=Security(require_encryption=True, **order["keys"]),
            preload="models.training.warm",
        )
    print(cluster.scheduler_address, flush=True)
    sys.stdin.read()
    for child in psutil.Process().children(recursive=True):
        child.kill()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    serve(json.loads(sys.stdin.readline()))
