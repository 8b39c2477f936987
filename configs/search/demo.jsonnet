// The demo in four epochs, with three settings left open. scripts/search.py draws them from what `search` allows.
local hmtl = import '../lib/hmtl.libsonnet';
local drawn(name) = std.parseJson(std.extVar(name));
(import '../demo.jsonnet') {
  search:: {
    lr: { type: 'float', low: 0.0005, high: 0.02, log: true },
    dropout: { type: 'float', low: 0, high: 0.6, step: 0.1 },
    width: { type: 'int', low: 32, high: 128, step: 32 },
  },
  tasks: [task { encoder: hmtl.lstm(drawn('width'), 1) } for task in super.tasks],
  optimizer+: { lr: drawn('lr') },
  dropout: drawn('dropout'),
  epochs: 4,
}
