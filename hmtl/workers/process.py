"""What a worker process does."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import Any

import torch

from hmtl.workers.messages import pack, unpack

WATCH = 1.0
"""Seconds between two looks whether the parent still lives."""


def main(descriptor: int, parent: int) -> None:
    """Receives a job, then requests, and sends the reply to each: `(True, job(request))`, or `(False, None)`
    where the job fails, since who has asked can find out why. Ends when the parent does.

    # Parameters

    descriptor : of the connection with the parent. parent : its process.
    """
    connection, replies = Connection(descriptor), SimpleQueue()
    torch.set_num_threads(1)
    # what there is to say is said by the parent
    logging.getLogger().addHandler(logging.NullHandler())
    Thread(target=_watch, args=(parent,), daemon=True).start()
    # apart, so that requests are taken at any time: parent and worker never wait for each other to read
    Thread(target=_send, args=(connection, replies), daemon=True).start()
    try:
        job = _unpacked(connection.recv_bytes())
        while True:
            replies.put(pack(_reply(job, unpack(connection.recv_bytes()))))
    except (EOFError, OSError):
        return


def _unpacked(message: bytes) -> Callable[[Any], Any]:
    try:
        return unpack(message)
    except Exception as error:
        raise SystemExit(f"data_loader.workers: a worker cannot take its job ({error})") from error


def _reply(job: Callable[[Any], Any], request: Any) -> tuple[bool, Any]:
    try:
        return True, job(request)
    except Exception:
        return False, None


def _watch(parent: int) -> None:
    # in the middle of a job, or where a fork of the parent holds the connection, nothing else would tell
    while os.getppid() == parent:
        time.sleep(WATCH)
    os._exit(1)


def _send(connection: Connection, replies: SimpleQueue) -> None:
    try:
        while True:
            connection.send_bytes(replies.get())
    except OSError:
        return
