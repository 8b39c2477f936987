// The four tasks on the corpus that comes with the project: minutes on a laptop. Paths count from the project's root.
local hmtl = import 'lib/hmtl.libsonnet';
local data = hmtl.splits('corpus', 'jsonl', 'train.jsonl', 'dev.jsonl', 'test.jsonl');
hmtl.experiment {
  embedder: hmtl.embedders.words(50) + hmtl.embedders.characters(),
  tasks: [
    hmtl.ner { data: data, encoder: hmtl.lstm(64, 1) },
    hmtl.nested_emd { data: data, after: 'ner', encoder: hmtl.lstm(64, 1) },
    hmtl.relation { data: data, after: 'emd', encoder: hmtl.lstm(64, 1),
                    head: { type: 'span_pair_relation', arguments: { type: 'span_classifier' } } },
    hmtl.coref { data: data, after: 'emd', encoder: hmtl.lstm(64, 1), head+: { singletons: true } },
  ],
  dropout: 0.3,
  epochs: 20,
}
