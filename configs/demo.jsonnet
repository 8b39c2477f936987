// The four tasks, small, on the corpus that lies beside: two minutes of one processor core.
local hmtl = import 'lib/hmtl.libsonnet';
local path = std.split(std.thisFile, '/');
local corpus = std.join('/', path[:std.length(path) - 1] + ['..', 'corpus']);
local small = {
  data: hmtl.splits(corpus, 'jsonl', 'train.jsonl', 'dev.jsonl', 'test.jsonl'),
  encoder: hmtl.lstm(64, 1),
  batch: { batch_size: 12 },
};
hmtl.experiment {
  tasks: [
    hmtl.ner + small,
    hmtl.nested_emd + small { after: 'ner' },
    hmtl.relation + small { after: 'emd', head: { type: 'span_pair_relation', arguments: { type: 'span_classifier' } } },
    hmtl.coref + small { after: 'emd', batch: { batch_size: 1 }, dropout: 0.2, head+: { singletons: true } },
  ],
  embedder: hmtl.embedders.words_and_characters(50),
  min_count: { tokens: 2 },
  dropout: 0.3,
  schedule: { type: 'uniform', steps_per_epoch: 100 },
  epochs: 15,
  optimizer: { type: 'adam', lr: 0.003 },
  learning_rate_scheduler: { type: 'linear_with_warmup', warmup_steps: 20 },
}
