// Coreference of ACE alone.
(import 'lib/original.libsonnet').experiment(['coref_ace'])
