"""A hostile archive runs nothing, sees nothing and writes nowhere; a trusted one may do as ever."""

import io
import json
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.commands import main
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.safe_load import safe_load
from allennlp.common.trust import TRUST_VARIABLE, ArchiveString, refuse_archive_path
from allennlp.data import DatasetReader
from allennlp.models import Model, load_archive
from allennlp.tools import archive_surgery
from allennlp.training.metrics import EvalbBracketingScorer

Config = dict[str, Any]
Rewrite = Callable[[Callable[[Config], Any]], Path]
TAGGER_PATH = "allennlp.models.simple_tagger.SimpleTagger"
INDEXER_PATH = "allennlp.data.token_indexers.SingleIdTokenIndexer"


def with_value(place: str, value: Any) -> Callable[[Config], Config]:
    """Changes a config so that it holds `value` at the dotted `place`."""

    def change(config: Config) -> Config:
        *parents, last = place.split(".")
        inner = config
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[last] = value
        return config

    return change


@pytest.fixture(autouse=True)
def _no_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TRUST_VARIABLE, raising=False)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Where a hostile archive tries to make a directory."""
    return tmp_path / "made"


def test_a_harmless_archive_loads_with_the_users_overrides(rewritten: Rewrite) -> None:
    archive = load_archive(rewritten(lambda config: config), overrides='{"trainer.num_epochs": 3 + 4}')
    assert archive.config["trainer"]["num_epochs"] == 7
    assert isinstance(archive.model, torch.nn.Module)


def test_an_argument_that_is_a_string_takes_the_archives_and_keeps_its_mark(rewritten: Rewrite) -> None:
    archive = load_archive(rewritten(with_value("dataset_reader.word_tag_delimiter", "/")))
    assert archive.dataset_reader._word_tag_delimiter == "/"
    assert isinstance(archive.dataset_reader._word_tag_delimiter, ArchiveString)


@pytest.mark.parametrize(
    "place", ["model", "dataset_reader", "model.encoder", "trainer", "vocabulary", "evaluation"]
)
def test_a_class_named_by_its_python_path_is_refused(place: str, rewritten: Rewrite, made: Path) -> None:
    command = {"type": "subprocess.Popen", "args": ["mkdir", str(made)]}
    with pytest.raises(ConfigurationError, match=rf"'subprocess.Popen' .* at {place}.type, .*--trust"):
        load_archive(rewritten(with_value(place, command)))
    assert not made.exists()


def test_also_where_a_name_stands_alone(rewritten: Rewrite) -> None:
    """`"tokens": "a.b.C"` is short for `"tokens": {"type": "a.b.C"}`."""
    archive = rewritten(with_value("dataset_reader.token_indexers.tokens", INDEXER_PATH))
    with pytest.raises(ConfigurationError, match=f"'{INDEXER_PATH}' by its Python path"):
        load_archive(archive)


def test_an_argument_that_is_text_stays_the_archives(rewritten: Rewrite) -> None:
    """A constructor may look such a text up as a name itself."""
    namespace = load_archive(rewritten(with_value("model.label_namespace", "labels"))).model.label_namespace
    assert namespace == "labels" and isinstance(namespace, ArchiveString)


def test_a_path_is_still_text_to_an_argument_that_is_text() -> None:
    reader = DatasetReader.from_params(Params({"type": "sequence_tagging", "word_tag_delimiter": Path("|")}))
    assert reader._word_tag_delimiter == "|"


def test_also_long_after_loading(rewritten: Rewrite) -> None:
    config = load_archive(rewritten(with_value("later.reader", "os.mkdir"))).config
    for copied in (config, config.duplicate(), Params(config.as_dict())):
        with pytest.raises(ConfigurationError, match=r"'os\.mkdir' by its Python path"):
            DatasetReader.by_name(copied["later"]["reader"])


def test_the_users_own_config_may_name_classes_by_path() -> None:
    path = "allennlp.data.dataset_readers.SequenceTaggingDatasetReader"
    assert isinstance(DatasetReader.from_params(Params({"type": path})), DatasetReader)


def test_the_users_own_overrides_may_too(rewritten: Rewrite) -> None:
    archive = rewritten(lambda config: config)
    assert load_archive(archive, overrides={"model.type": TAGGER_PATH}).model is not None


@pytest.mark.parametrize(
    ("place", "value", "consequence"),
    [
        ("model.transformer_kwargs.trust_remote_code", True, "runs code from a model hub"),
        ("model.transformer_kwargs.weights_only", False, "unpickles a model file"),
        ("model.transformer_kwargs.attn_implementation", "someone/kernel", "runs code from a model hub"),
        ("model.metric.evalb_directory_path", "/tmp", "runs a program"),
    ],
)
def test_settings_that_run_code_elsewhere_are_refused(
    place: str, value: Any, consequence: str, rewritten: Rewrite
) -> None:
    with pytest.raises(ConfigurationError, match=f"{place} = .*{consequence}.*--trust"):
        load_archive(rewritten(with_value(place, value)))


@pytest.mark.parametrize(
    ("place", "value"), [("a.trust_remote_code", False), ("a.attn_implementation", "sdpa")]
)
def test_their_harmless_values_are_not(place: str, value: Any, rewritten: Rewrite) -> None:
    assert load_archive(rewritten(with_value(place, value))).config is not None


@pytest.mark.parametrize("expression", ["std.extVar('SECRET')", "importstr '/etc/hostname'", "1 + 1"])
def test_the_config_is_data_and_no_program(
    expression: str, rewritten: Rewrite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "told to no archive")
    archive = rewritten(lambda config: json.dumps(config)[:-1] + f', "seen": {expression}}}')
    with pytest.raises(ConfigurationError, match=r"config\.json is not plain JSON \(line 1 column \d+"):
        load_archive(archive)


def test_a_trusted_config_may_see_the_environment(
    rewritten: Rewrite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "told")
    archive = rewritten(lambda config: json.dumps(config)[:-1] + ', "seen": std.extVar("SECRET")}')
    assert load_archive(archive, trust=True).config["seen"] == "told"


def test_trust_in_python_and_by_variable(rewritten: Rewrite, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = rewritten(with_value("model.type", TAGGER_PATH))
    assert "    trust : " in str(load_archive.__doc__)
    assert load_archive(archive, trust=True).model is not None
    monkeypatch.setenv(TRUST_VARIABLE, "1")
    assert load_archive(archive).model is not None
    with pytest.raises(ConfigurationError):
        load_archive(archive, trust=False)


def test_trust_on_the_command_line(
    rewritten: Rewrite, sentences: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(TRUST_VARIABLE, "")  # What `--trust` sets ends with this test.
    archive = rewritten(with_value("model.type", TAGGER_PATH))
    metrics = tmp_path / "metrics.json"
    command = ["allennlp", "evaluate", str(archive), str(sentences), "--output-file", str(metrics)]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(ConfigurationError):
        main()
    monkeypatch.setattr(sys, "argv", [*command, "--trust"])
    main()
    assert "accuracy" in json.loads(metrics.read_text())


def test_an_archive_named_in_the_users_config_is_no_more_trusted(rewritten: Rewrite) -> None:
    inner = rewritten(with_value("model.type", "subprocess.Popen"))
    with pytest.raises(ConfigurationError, match="'subprocess.Popen' by its Python path"):
        Model.from_params(Params({"type": "from_archive", "archive_file": str(inner)}))


def _tar_with(path: Path, member: tarfile.TarInfo, data: bytes = b"") -> Path:
    member.size = len(data)
    with tarfile.open(path, "w:gz") as tar:
        tar.addfile(member, io.BytesIO(data))
    return path


def _link(name: str, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, target
    return member


MEMBERS = [tarfile.TarInfo("../escaped"), _link("vocabulary", "/etc"), _link("weights.th", "../../escaped")]


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
@pytest.mark.parametrize("reader", ["load_archive", "surgery"])
def test_members_that_leave_the_folder_are_refused(
    reader: str, member: tarfile.TarInfo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    archive = str(_tar_with(tmp_path / "hostile.tar.gz", member))
    argv = ["surgery", "--input-file", archive, "--output-file", str(tmp_path / "out"), "--editor", "true"]
    monkeypatch.setattr(sys, "argv", argv)
    with pytest.raises(ConfigurationError, match="hostile.tar.gz is not safe to extract"):
        load_archive(archive) if reader == "load_archive" else archive_surgery.main()
    assert not [path for path in tmp_path.rglob("*") if path.name == "escaped"]


def test_weights_are_not_unpickled(rewritten: Rewrite, run: Path, made: Path, tmp_path: Path) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
            return Path.mkdir, (made,)

    torch.save(Hostile(), tmp_path / "weights.th")
    with pytest.raises(ConfigurationError, match="not unpickled"):
        load_archive(rewritten(lambda config: config), weights_file=str(tmp_path / "weights.th"))
    assert not made.exists()


def test_evalb_paths_reach_no_shell(made: Path, tmp_path: Path) -> None:
    with pytest.raises(OSError):
        EvalbBracketingScorer.compile_evalb(f"{tmp_path}; mkdir {made}; cd {tmp_path}")
    with pytest.raises(OSError):
        EvalbBracketingScorer.clean_evalb(f"{tmp_path}; mkdir {made}; cd {tmp_path}")
    assert not made.exists()


def test_evalb_still_compiles_and_cleans(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("evalb:\n\ttouch evalb\n")
    EvalbBracketingScorer.compile_evalb(str(tmp_path))
    assert (tmp_path / "evalb").exists()
    EvalbBracketingScorer.clean_evalb(str(tmp_path))
    assert not (tmp_path / "evalb").exists()


def test_marked_strings_are_strings_to_everyone_else() -> None:
    marked = ArchiveString("tokens")
    assert marked == "tokens" and json.dumps([marked]) == '["tokens"]'
    buffer = io.BytesIO()
    torch.save({"namespace": marked}, buffer)
    buffer.seek(0)
    assert type(safe_load(buffer)["namespace"]) is str
    refuse_archive_path("a.plain.string")
