// Relations of ACE alone.
(import 'lib/original.libsonnet').experiment(['relation'])
