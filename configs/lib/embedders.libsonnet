// Word representations: what the indexers look up and what the embedder makes of it. Parts are joined with +.
{
  // Lower-cased words, trained with the model; from `file` (GloVe's text format) where one is given. Files may lie in `$HMTL_DATA`.
  words(dim=100, file=null, word_dropout=0.0):: {
    token_indexers+: { words: { type: 'single_id', namespace: 'tokens', lowercase_tokens: true } },
    token_embedders+: {
      words: { type: 'word_vectors', vocab_namespace: 'tokens', embedding_dim: dim, word_dropout: word_dropout }
             + (if file == null then {} else { pretrained_file: file }),
    },
  },

  // A convolution over the characters of a word, case kept. Boundaries make every word as long as the filter is wide:
  // AllenNLP's `cnn` gives zeros to shorter ones.
  characters(filters=64, width=3, dim=16, dropout=0.1):: {
    local boundary(token) = std.repeat([token], std.ceil((width - 1) / 2)),
    token_indexers+: {
      characters: {
        type: 'characters',
        namespace: 'token_characters',
        character_tokenizer: { start_tokens: boundary('<w>'), end_tokens: boundary('</w>') },
        min_padding_length: width,
      },
    },
    token_embedders+: {
      characters: {
        type: 'distinct_character_encoding',
        embedding: { vocab_namespace: 'token_characters', embedding_dim: dim },
        encoder: { type: 'character_cnn', embedding_dim: dim, num_filters: filters, ngram_filter_sizes: [width] },
        dropout: dropout,
      },
    },
  },

  // Peters et al. 2018: a frozen language model of three layers, mixed by learned weights.
  elmo(options_file, weight_file):: {
    token_indexers+: { elmo: { type: 'elmo_characters' } },
    token_embedders+: {
      elmo: {
        type: 'elmo', options_file: options_file, weight_file: weight_file,
        do_layer_norm: false, dropout: 0.0,
      },
    },
  },

  // A pretrained transformer (a name or a folder of the `transformers` library), which reads each sentence by itself; a word
  // is the mean of its pieces, and a sentence of more than `max_length` pieces is read in parts. Frozen, its vectors can be
  // kept in the folder `kept`, `half` as precise if wanted: then they are computed once in all trainings.
  transformer(model, frozen=true, kept=null, half=false, max_length=512):: {
    local shape = { type: 'pretrained_transformer_mismatched', model_name: model, max_length: max_length },
    token_indexers+: { transformer: shape },
    token_embedders+: {
      transformer:
        if frozen then { type: 'stored', directory: kept, half: half, embedder: shape { train_parameters: false } }
        else shape,
    },
  },

  words_and_characters(dim=100):: self.words(dim) + self.characters(),
  glove_and_characters(file, dim):: self.words(dim, file) + self.characters(),
}
