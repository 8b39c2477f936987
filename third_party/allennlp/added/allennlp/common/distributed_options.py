"""What a config says of distributed training."""

from collections.abc import Mapping
from typing import Any

from allennlp.common.checks import ConfigurationError

KEYS = ("cuda_devices", "num_nodes", "primary_address", "primary_port", "ddp_accelerator")


def check_options(options: Mapping[str, Any], node_rank: int) -> None:
    """Raises `ConfigurationError` for what would leave the processes waiting for each other."""
    for key in options:
        if key not in KEYS:
            raise ConfigurationError(f"distributed.{key}: there is no such key; there are {', '.join(KEYS)}")
    devices, nodes = options.get("cuda_devices"), options.get("num_nodes", 1)
    _check_devices(devices)
    if not _is_whole(nodes) or nodes < 1:
        raise ConfigurationError(f"distributed.num_nodes is {nodes}; give the number of hosts")
    if len(devices) * nodes == 1:
        raise ConfigurationError(
            "distributed: there is one device on one host; list more distributed.cuda_devices, or take "
            "`distributed` out"
        )
    if not 0 <= node_rank < nodes:
        raise ConfigurationError(
            f"--node-rank is {node_rank}, but distributed.num_nodes is {nodes}; the hosts count from 0"
        )
    for key in ("primary_address", "primary_port"):
        if nodes > 1 and options.get(key) is None:
            raise ConfigurationError(
                f"distributed.{key}: missing; state where the other hosts find the one of --node-rank 0"
            )


def _check_devices(devices: Any) -> None:
    if not isinstance(devices, list) or not devices or not all(map(_is_whole, devices)):
        raise ConfigurationError(
            f"distributed.cuda_devices is {devices}; list the GPUs of one host, such as [0, 1], or a -1 for "
            "each process on the CPU"
        )
    gpus = [device for device in devices if device >= 0]
    if 0 < len(gpus) < len(devices) or len(set(gpus)) < len(gpus):
        raise ConfigurationError(
            f"distributed.cuda_devices is {devices}; list each GPU once, or -1 alone for the CPU"
        )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
