"""torchvision, fairscale and wandb: importing needs none, using what stands on one says what is missing."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from allennlp.common.checks import ConfigurationError
from allennlp.common.optional import require
from allennlp.data.image_loader import TorchImageLoader
from allennlp.modules.vision import FasterRcnnRegionDetector, ResnetBackbone
from allennlp.nn.checkpoint import FairScaleCheckpointWrapper
from allennlp.nn.parallel import FairScaleFsdpAccelerator
from allennlp.training.callbacks import WandBCallback

PACKAGES = ("torchvision", "fairscale", "wandb")

# `None` in sys.modules makes an import fail as if the package were not installed.
IMPORT_ALL = f"""
import sys
sys.modules.update(dict.fromkeys({PACKAGES}))
from allennlp.common.plugins import import_plugins
import_plugins()
"""


def test_every_module_imports_without_them(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("package", "use"),
    [
        ("torchvision", TorchImageLoader),
        ("torchvision", ResnetBackbone),
        ("torchvision", FasterRcnnRegionDetector),
        ("fairscale", FairScaleCheckpointWrapper),
        ("fairscale", lambda: FairScaleFsdpAccelerator(local_rank=0, world_size=1)),
        ("wandb", lambda: WandBCallback("no such directory")),
    ],
)
def test_use_names_the_missing_package(
    package: str, use: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ConfigurationError, match=f"needs '{package}', which is not installed: pip install"):
        use()


def test_what_is_installed_is_not_asked_for() -> None:
    require("json", "this test")
