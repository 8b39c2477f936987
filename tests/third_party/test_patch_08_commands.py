"""Commands that stand on packages which are missing or have changed: they say so, and only when used."""

import importlib
import sys
import types
from pathlib import Path
from unittest import mock

import huggingface_hub
import pytest
from allennlp.commands import main
from allennlp.common.checks import ConfigurationError

# By its full name: `allennlp.common` holds a function of the same name.
push_to_hf = importlib.import_module("allennlp.common.push_to_hf")


def test_push_to_hf_without_its_client(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As under huggingface_hub 1, whose module has lost the names."""
    monkeypatch.setitem(sys.modules, "huggingface_hub", types.ModuleType("huggingface_hub"))
    try:
        importlib.reload(push_to_hf)
        with pytest.raises(ConfigurationError, match="push-to-hf needs huggingface_hub older than 1"):
            push_to_hf.push_to_hf("tagger", serialization_dir=run)
    finally:
        monkeypatch.undo()
        importlib.reload(push_to_hf)


@pytest.mark.parametrize(("organization", "repository"), [(None, "tagger"), ("lab", "lab/tagger")])
def test_push_to_hf_calls_the_client_as_it_is(
    organization: str | None, repository: str, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The specifications refuse arguments that the real client does not have."""
    api = mock.create_autospec(huggingface_hub.HfApi)
    local = mock.create_autospec(huggingface_hub.Repository)
    monkeypatch.setattr(push_to_hf, "HfApi", api)
    monkeypatch.setattr(push_to_hf, "Repository", local)
    (tmp_path / "tagger").mkdir()
    push_to_hf.push_to_hf(
        "tagger",
        serialization_dir=run,
        organization=organization,
        local_repo_path=tmp_path,
        use_auth_token="secret",
    )
    assert api.return_value.create_repo.call_args.kwargs["repo_id"] == repository
    assert local.call_args.kwargs["token"] == "secret"
    assert (tmp_path / "tagger" / "weights.th").exists()


def test_checklist_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec("checklist") is not None:
        pytest.skip("checklist is installed")
    monkeypatch.setattr(
        sys, "argv", ["allennlp", "checklist", "model.tar.gz", "sentiment-analysis", "--task", "x"]
    )
    with pytest.raises(ConfigurationError, match="checklist"):
        main()
