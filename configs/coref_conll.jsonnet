// Coreference of OntoNotes alone.
(import 'lib/original.libsonnet').experiment(['coref_conll'])
