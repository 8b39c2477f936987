// An experiment is a list of tasks. This file turns it into a whole AllenNLP config.
local embedders = import 'embedders.libsonnet';
local kinds = import 'tasks.libsonnet';

local checked(tasks) =
  local names = [task.name for task in tasks];
  if names == [] then error 'experiment: its list of tasks is empty; name at least one'
  else if std.length(std.set(names)) < std.length(names)
  then error 'experiment: two tasks have one name (%s); each needs its own' % std.join(', ', names)
  else [
    local unknown = std.setDiff(std.objectFields(task), std.objectFields(kinds.task));
    if unknown != []
    then error "task '%s': there is no key '%s'; a task can state %s"
               % [task.name, unknown[0], std.join(', ', std.objectFields(kinds.task))]
    else if task.level != task.name && task.after != null
    then error "task '%s': has both a level and an after; the level says what it stands on, leave after out" % task.name
    else task
    for task in tasks
  ];

// Only the training split must be there, and of a trained model's tasks not even that.
local path(split, start_from) = function(task)
  if split == 'train' && !std.objectHas(task.data, split) && start_from == null
  then error "task '%s': its data name no train" % task.name
  else std.get(task.data, split);

// The level below a task's own; a name that no task has is left for the model to report.
local below(task, level_of) = if task.after == null then null else std.get(level_of, task.after, task.after);

local format(value) = if std.isString(value) then { type: value } else value;

kinds {
  embedders: embedders,

  // Where the corpora lie: the environment variable of that name, looked up when a file is opened.
  data_root: '$HMTL_DATA',

  // Splits that are folders of one root. A format is a name, or an object with a `type`.
  splits(root, format, train='train', validation='dev', test='test'):: {
    format: format, train: root + '/' + train, validation: root + '/' + validation, test: root + '/' + test,
  },

  // ACE 2005 as LDC ships it, below this folder, in the usual 351, 80 and 80 documents (Miwa and Bansal 2016). Further keys are the format's.
  ace2005(corpus, options={})::
    local here = std.split(std.thisFile, '/');
    local lists = std.join('/', here[:std.length(here) - 1] + ['..', 'splits', 'ace2005']);
    self.splits(lists, { type: 'ace2005', corpus: corpus } + options, 'train.txt', 'dev.txt', 'test.txt'),

  // Splits that are named one by one.
  files(format, train, validation, test):: { format: format, train: train, validation: validation, test: test },

  // Added to an experiment: one of its tasks alone, the same in all else, to compare with.
  alone(name):: { tasks: [task { after: null } for task in super.tasks if task.name == name] },

  experiment: {
    // What an experiment may state; only the tasks it must.
    tasks:: error 'experiment: state its tasks',
    embedder:: embedders.words_and_characters(),
    backbone:: { type: 'hierarchical' },
    dropout:: 0.0,
    schedule:: { type: 'proportional' },
    optimizer:: { type: 'fused_adam', lr: 0.001 },
    learning_rate_scheduler:: { type: 'reduce_on_plateau', mode: 'max', factor: 0.5, patience: 5, min_lr: 1e-7 },
    epochs:: 100,
    patience:: 10,
    average_decay:: null,  // such as 0.999: validate and keep averaged weights
    start_from:: null,  // a trained model.tar.gz, or a run's directory, whose tasks need no training data
    min_count:: {},  // by vocabulary namespace, such as { tokens: 2 }
    seed:: 13370,
    language:: null,  // of raw text, such as 'zh', as spaCy calls it; default as the formats say, or 'en'
    pipeline:: null,  // a spaCy pipeline that splits raw text in place of the language's rules

    local list = checked(self.tasks),
    local per_task(value, keep=function(task) true) = { [task.name]: value(task) for task in list if keep(task) },
    local path_of(split) = path(split, outer.start_from),
    local paths(split) = per_task(path_of(split), function(task) path_of(split)(task) != null),
    local level_of = per_task(function(task) task.level),
    local loader = { type: 'hmtl', seed: outer.seed, budgets: per_task(function(task) task.batch) },
    local outer = self,

    type: 'hmtl',
    random_seed: self.seed,
    numpy_seed: self.seed,
    pytorch_seed: self.seed,
    dataset_reader: {
      type: 'hmtl',
      token_indexers: outer.embedder.token_indexers,
      [if outer.language != null then 'language']: outer.language,
      [if outer.pipeline != null then 'pipeline']: outer.pipeline,
      readers: per_task(function(task) task.reader { format: format(task.data.format) }),
    },
    train_data_path: paths('train'),
    validation_data_path: paths('validation'),
    test_data_path: paths('test'),
    evaluate_on_test: false,
    include_in_archive: ['best_*.th'],
    datasets_for_vocab_creation: ['train'],
    vocabulary: { min_count: outer.min_count }
                + (if outer.start_from == null then {} else { type: 'hmtl_extended', archive: outer.start_from }),
    model: {
      type: 'hmtl',
      embedder: { token_embedders: outer.embedder.token_embedders },
      dropout: outer.dropout,
      backbone: outer.backbone {
        levels: {
          [task.name]: { encoder: task.encoder, after: below(task, level_of), dropout: task.dropout }
          for task in list
          if task.level == task.name
        },
        task_levels: level_of,
      },
      heads: per_task(function(task) task.head),
      order: [task.name for task in list],
    },
    data_loader: loader,
    trainer: {
      type: 'hmtl',
      schedule: outer.schedule,
      tasks: per_task(function(task) task.training, function(task) task.training != {}),
      optimizer: outer.optimizer,
      learning_rate_scheduler: outer.learning_rate_scheduler,
      num_epochs: outer.epochs,
      patience: outer.patience,
      average_decay: outer.average_decay,
      start_from: outer.start_from,
      seed: outer.seed,
    },
  },
}
