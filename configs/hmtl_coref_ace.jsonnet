// All four tasks, with the coreference of ACE.
(import 'lib/original.libsonnet').experiment(['ner', 'emd', 'relation', 'coref_ace'])
