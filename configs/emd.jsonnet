// Entity mentions of ACE alone.
(import 'lib/original.libsonnet').experiment(['emd'])
