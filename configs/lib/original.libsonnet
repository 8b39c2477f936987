// The experiments of the original HMTL (Sanh, Wolf & Ruder 2019): its tasks, data, word representations and training.
local hmtl = import 'hmtl.libsonnet';

local ontonotes = hmtl.splits(hmtl.data_root + '/ontonotes', 'conll2012', validation='development');
local ace = hmtl.splits(hmtl.data_root + '/ace2005', 'ace');

// The original keeps the nearest antecedents and scores all that it keeps.
local coref = hmtl.coref { head+: { max_antecedents: 70, antecedent_window: 70 } };

local tasks = {
  ner: hmtl.ner { data: ontonotes },
  emd: hmtl.emd { data: ace },
  relation: hmtl.relation { data: ace },
  coref_conll: coref { data: ontonotes },
  coref_ace: coref { data: ace },
};

// What each stands on, where it is there; else on what that stands on.
local below = { ner: null, emd: 'ner', relation: 'emd', coref_conll: 'emd', coref_ace: 'emd' };
local nearest(task, present) =
  if task == null || std.member(present, task) then task else nearest(below[task], present);

local regex(pattern, type) = [pattern, { type: type }];

{
  // Some of `ner`, `emd`, `relation` and one of `coref_conll` and `coref_ace`.
  experiment(names):: hmtl.experiment {
    // Which ELMo, by the beginning of its files' names; null does without, here or in `(import 'ner.jsonnet') { elmo:: null }`.
    elmo:: 'elmo_2x4096_512_2048cnn_2xhighway',
    glove:: hmtl.data_root + '/glove/glove.6B.100d.txt.gz',
    local elmo_file(end) = '%s/elmo/%s_%s' % [hmtl.data_root, self.elmo, end],

    embedder:
      hmtl.embedders.glove_and_characters(self.glove, 100)
      + if self.elmo == null then {} else hmtl.embedders.elmo(elmo_file('options.json'), elmo_file('weights.hdf5')),
    tasks: [tasks[name] { after: nearest(below[name], names) } for name in names],
    // It reads a document of the coreference data as one sequence.
    backbone: { type: 'hierarchical', encode: 'document' },
    model+: {
      initializer: {
        regexes: [
          regex(@'^backbone\.encoders\..*weight_ih', 'xavier_normal'),
          regex(@'^backbone\.encoders\..*weight_hh', 'orthogonal'),
        ],
      },
    },
    trainer+: { grad_norm: 5.0, grad_clipping: 10.0 },
  },
}
