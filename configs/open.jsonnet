// The four tasks on open corpora: UNER English EWT, LitBank, FIRE.
local hmtl = import 'lib/hmtl.libsonnet';
local root = hmtl.data_root;
local uner(split) = '%s/uner_english/en_ewt-ud-%s' % [root, split];
local litbank(layer) = hmtl.splits(
  root + '/litbank/splits/naacl2019-entities',
  { type: 'litbank', archive: '%s/litbank/%s.tar.gz' % [root, layer] },
  'train.ids', 'dev.ids', 'test.ids'
);
local columns = { type: 'conll2003', token_column: 1, tag_column: 2, ignore_labels: ['OTH', 'O'] };
hmtl.experiment {
  tasks: [
    hmtl.ner { data: hmtl.files(columns, uner('train.prerelease-0c7ce0d.iob2.gz'), uner('dev.iob2'), uner('test.iob2')) },
    hmtl.nested_emd { data: litbank('entities_tsv'), after: 'ner' },
    hmtl.relation { data: hmtl.splits(root + '/derived/ace-format/fire_v0', 'ace'), after: 'emd',
                    head+: { arguments: { type: 'crf_tagger', layer: 'mentions' } } },
    hmtl.coref { data: litbank('coref_conll'), after: 'emd', head+: { singletons: true } },
  ],
  min_count: { tokens: 2 },
  dropout: 0.3,
}
