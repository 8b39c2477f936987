// Named entities of OntoNotes alone.
(import 'lib/original.libsonnet').experiment(['ner'])
