// Coreference above entity mentions (ACE).
(import 'lib/original.libsonnet').experiment(['emd', 'coref_ace'])
