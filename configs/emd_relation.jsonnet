// Relations above entity mentions (ACE).
(import 'lib/original.libsonnet').experiment(['emd', 'relation'])
