// The coref task of open.jsonnet alone, on the same budget.
(import 'open.jsonnet') + (import 'lib/hmtl.libsonnet').alone('coref')
