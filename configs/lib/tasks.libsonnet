// The kinds of tasks, each with the sizes of the original HMTL. A task of an experiment adds its name, its data and what it stands `after`.
local lstm(hidden, layers) =
  { type: 'grouped_lstm', bidirectional: true, hidden_size: hidden, num_layers: layers }
  + (if layers > 1 then { dropout: 0.2 } else {});

local task = {
  name: error 'task: give it a name',
  data: error "task '%s': give it data, as in hmtl.splits('folder', 'format')" % self.name,
  after: null,  // the task below, on whose level this one's stands
  level: self.name,  // the level it reads; name another task's to share that task's encoder
  reader: {},
  encoder: lstm(64, 2),
  dropout: 0.2,
  head: error "task '%s': give it a head" % self.name,
  batch: { batch_size: 32 },
  training: {},  // its own optimizer, learning_rate_scheduler, patience or validation_metric
};

{
  lstm: lstm,
  task: task,
  ner: task {
    name: 'ner',
    reader: { type: 'ner' },
    head: { type: 'crf_tagger', layer: 'entities', dropout: 0.2 },
  },
  emd: task {
    name: 'emd',
    reader: { type: 'emd' },
    head: { type: 'crf_tagger', layer: 'mentions', dropout: 0.2 },
  },
  // Mentions within mentions.
  nested_emd: self.emd { head: { type: 'span_classifier', layer: 'mentions' } },
  relation: task {
    name: 'relation',
    reader: { type: 'relation' },
    encoder: lstm(64, 3),
    head: { type: 'relation' },
    batch: { batch_size: 4 },
  },
  coref: task {
    name: 'coref',
    reader: { type: 'coref' },
    encoder: lstm(200, 1),
    dropout: 0.5,
    head: { type: 'coref', lexical_dropout: 0.0 },  // what it reads has been through the level's dropout
    batch: { batch_size: 1 },
  },
}
