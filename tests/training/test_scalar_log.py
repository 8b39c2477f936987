from test_watch import read_scalars

from hmtl.training.scalar_log import ScalarLog, TensorboardLog, epoch_scalars, interference_scalars


def test_each_task_is_due_at_its_first_step_and_after_every_interval():
    log = ScalarLog(10)
    due: dict[str, list[int]] = {"ner": [], "emd": []}
    # emd's turn never falls on a multiple of ten
    for step in range(1, 41):
        task = "emd" if step % 2 else "ner"
        if log.is_due(task, step):
            due[task].append(step)
    assert due == {"emd": [1, 11, 21, 31], "ner": [2, 12, 22, 32]}


def test_runs_that_begin_in_one_second_are_read_in_their_order(tmp_path, monkeypatch):
    monkeypatch.setattr("tensorboardX.event_file_writer.time.time", lambda: 1.8e9)
    for number in range(4):
        log = TensorboardLog(tmp_path, 1, steps_done=number)
        # what comes after the next one's begin is taken back
        for step in range(number + 1, number + 4):
            log.add(step, {"ner/loss": 10 * number + step})
        log.close()
    assert len(list(tmp_path.iterdir())) == 4
    assert read_scalars(tmp_path) == {"ner/loss": [(1, 1), (2, 12), (3, 23), (4, 34), (5, 35), (6, 36)]}


def test_a_run_that_begins_anew_takes_all_back(tmp_path):
    for value in (1.0, 2.0):
        log = TensorboardLog(tmp_path, 1, steps_done=0)
        log.add(1, {"ner/loss": value})
        log.close()
    assert read_scalars(tmp_path) == {"ner/loss": [(1, 2.0)]}


def test_the_scalars_of_an_epoch():
    training = {"ner/loss": 1.5, "ner/steps": 30, "emd/loss": 2.5, "emd/steps": 10}
    assert epoch_scalars(training, {"ner/f1": 0.75}) == {
        "ner/training_loss": 1.5,
        "ner/training_steps": 30,
        "emd/training_loss": 2.5,
        "emd/training_steps": 10,
        "ner/validation_f1": 0.75,
        "mix/ner": 0.75,
        "mix/emd": 0.25,
    }
    assert epoch_scalars({}, {}) == {}


def test_the_scalars_of_interference():
    figures = {
        "samples": {"ner": 3},
        "cosine": {"levels.ner": {"ner~emd": 0.5}, "embedder": {"ner~emd": -0.5}},
        "effect": {"emd": {"ner": 0.25, "emd": -1.0}},
    }
    assert interference_scalars(figures) == {
        "cosine/levels.ner/ner~emd": 0.5,
        "cosine/embedder/ner~emd": -0.5,
        "effect/emd/ner": 0.25,
        "effect/emd/emd": -1.0,
    }
    assert interference_scalars({}) == {}
