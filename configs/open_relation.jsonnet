// The relation task of open.jsonnet alone, on the same budget.
(import 'open.jsonnet') + (import 'lib/hmtl.libsonnet').alone('relation')
