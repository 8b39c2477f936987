// Coreference above entity mentions (ACE) above named entities (OntoNotes).
(import 'lib/original.libsonnet').experiment(['ner', 'emd', 'coref_ace'])
