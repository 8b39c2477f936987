// All four tasks, with the coreference of OntoNotes.
(import 'lib/original.libsonnet').experiment(['ner', 'emd', 'relation', 'coref_conll'])
