// Entity mentions (ACE) above named entities (OntoNotes).
(import 'lib/original.libsonnet').experiment(['ner', 'emd'])
