// The four tasks on open corpora, from random initialisation: UNER English EWT, LitBank, FIRE.
local hmtl = import 'lib/hmtl.libsonnet';
local root = hmtl.data_root;
local uner(split) = '%s/uner_english/en_ewt-ud-%s.iob2' % [root, split];
local litbank(layer) = hmtl.splits(
  root + '/litbank/splits/naacl2019-entities', { type: 'litbank', archive: '%s/litbank/%s.tar.gz' % [root, layer] },
  'train.ids', 'dev.ids', 'test.ids'
);
// Of UNER's training set the first version is at hand; the release drops these two labels.
local ewt = hmtl.files({ type: 'uner', ignore_labels: ['OTH', 'O'] }, uner('train.prerelease-0c7ce0d') + '.gz', uner('dev'), uner('test'));
local fire = hmtl.splits(root + '/derived/ace-format/fire_v0', 'ace');
hmtl.experiment {
  embedder: hmtl.embedders.words(100, word_dropout=0.1) + hmtl.embedders.characters(filters=100, dim=32, dropout=0.0),
  dropout: 0.5,
  tasks: [
    hmtl.ner { data: ewt, encoder: hmtl.lstm(128, 1), dropout: 0.0, head+: { dropout: 0.5 } },
    hmtl.nested_emd { data: litbank('entities_tsv'), after: 'ner', encoder: hmtl.lstm(128, 1), dropout: 0.0, head+: { dropout: 0.4 } },
    hmtl.relation { data: fire, after: 'emd', encoder: hmtl.lstm(128, 1), dropout: 0.0, batch: { batch_size: 16 },
                    head: { type: 'span_pair_relation', arguments: { type: 'crf_tagger', layer: 'mentions', nested: 'outermost' } } },
    hmtl.coref { data: litbank('coref_conll'), after: 'emd', dropout: 0.0, head+: { singletons: true, max_span_width: 10 } },
  ],
  learning_rate_scheduler+: { patience: 1, min_lr: 1e-5 },
  min_count: { tokens: 2 },
  average_decay: 0.999,
  epochs: 10,
  evaluate_on_test: true,
}
