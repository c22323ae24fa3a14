"""Whole networks of texts, sequences, sound and captions."""

from gradatim.catalog.entry import Entry

ENTRIES = (
    Entry(
        "char_lm", "network", "gradatim.models.char_lm:CharLM",
        "Sutskever, Martens & Hinton, Generating text with recurrent neural networks", 2011, "E9",
        "Character-level language model: an LSTM reads characters and says after each which comes next.",
    ),
    Entry(
        "music_rnn", "network", "gradatim.models.music_rnn:MusicRNN",
        "Boulanger-Lewandowski, Bengio & Vincent, Modeling temporal dependencies in high-dimensional "
        "sequences", 2012, "E10",
        "Which notes the next frame of a piano roll has, from all before it: LSTM, GRU or plain cells.",
    ),
    Entry(
        "word_lm", "network", "gradatim.models.word_lm:WordLM",
        "Mikolov et al., Recurrent neural network based language model", 2010, "E9",
        "Word-level language model: vectors of words, recurrent layers, and a score for every word.",
    ),
    Entry(
        "skip_gram", "network", "gradatim.models.skip_gram:SkipGram",
        "Mikolov, Sutskever, Chen, Corrado & Dean, Distributed representations of words and phrases and "
        "their compositionality", 2013, "I9",
        "Skip-gram: a vector for each word, learned by telling the words around it from others.",
        "gradatim.unsupervised.skip_gram:SkipGramTraining",
    ),
    Entry(
        "transformer_lm", "network", "gradatim.models.transformer_lm:TransformerLM",
        "Vaswani et al., Attention is all you need", 2017, "I8",
        "A Transformer as a language model: every character or word reads those before it by attention.",
    ),
    Entry(
        "transformer", "network", "gradatim.models.transformer:Transformer",
        "Vaswani et al., Attention is all you need", 2017, "I8",
        "A sequence from another by attention alone; of a text the language model, transformer_lm.",
    ),
    Entry(
        "tagger", "network", "gradatim.models.tagger:Tagger",
        "Graves & Schmidhuber, Framewise phoneme classification with bidirectional LSTM and other neural "
        "network architectures", 2005, "E7 E11",
        "A tag for every step of a sequence, from what stands before it and behind it.",
    ),
    Entry(
        "word_tagger", "network", "gradatim.models.word_tagger:WordTagger",
        "dos Santos & Zadrozny, Learning character-level representations for part-of-speech tagging", 2014,
        "E7 E11",
        "A tag for every word, from its spelling and from what stands before it and behind it.",
    ),
    Entry(
        "sequence_classifier", "network", "gradatim.models.sequence_classifier:SequenceClassifier",
        "Schuster & Paliwal, Bidirectional recurrent neural networks", 1997, "E4 E7 E11",
        "One class for a whole sequence, read in both directions.",
    ),
    Entry(
        "text_classifier", "network", "gradatim.models.text_classifier:TextClassifier",
        "Wang & Manning, Baselines and bigrams: simple, good sentiment and topic classification", 2012, "E11",
        "A class for a text: n-grams of words and of characters, weighed as naive Bayes does, beside vectors "
        "of its words.",
    ),
    Entry(
        "conv_recurrent", "network", "gradatim.models.conv_recurrent:ConvRecurrent",
        "Ordóñez & Roggen, Deep convolutional and LSTM recurrent neural networks for multimodal wearable "
        "activity recognition", 2016, "E4 E11",
        "One answer for a whole series: convolutions over time, a recurrent layer, attention over its steps.",
    ),
    Entry(
        "sound_classifier", "network", "gradatim.models.sound_classifier:SoundClassifier",
        "Chan, Jaitly, Le & Vinyals, Listen, attend and spell", 2016, "E7 E21",
        "One class for a recording: convolutions or the pyramid over its frames, and attention over those.",
    ),
    Entry(
        "listen_attend_spell", "network", "gradatim.models.listen_attend_spell:ListenAttendSpell",
        "Chan, Jaitly, Le & Vinyals, Listen, attend and spell", 2016, "E7 E12 E21",
        "What is said in a recording: the pyramid listens, a decoder attends to it and spells.",
    ),
    Entry(
        "ctc", "network", "gradatim.models.ctc:CTC",
        "Graves, Fernández, Gomez & Schmidhuber, Connectionist temporal classification: labelling "
        "unsegmented sequence data with recurrent neural networks", 2006, "E21",
        "What is said in a recording: every frame says a symbol or nothing, all alignments counted.",
    ),
    Entry(
        "sequence_decoder", "network", "gradatim.models.sequence_decoder:SequenceDecoder",
        "Cho et al., Learning phrase representations using RNN encoder-decoder for statistical machine "
        "translation", 2014, "E4",
        "A sequence of symbols from one vector: a recurrent network that is fed what it said.",
    ),
    Entry(
        "encoder_decoder", "network", "gradatim.models.encoder_decoder:EncoderDecoder",
        "Sutskever, Vinyals & Le, Sequence to sequence learning with neural networks", 2014, "E4",
        "A sequence from another of another length: an encoder's last state, and a decoder.",
    ),
    Entry(
        "attention_encoder_decoder", "network",
        "gradatim.models.attention_encoder_decoder:AttentionEncoderDecoder",
        "Bahdanau, Cho & Bengio, Neural machine translation by jointly learning to align and translate", 2015,
        "E12",
        "A sequence from another of another length, whose steps are attended to before each symbol.",
    ),
    Entry(
        "show_and_tell", "network", "gradatim.models.show_and_tell:ShowAndTell",
        "Vinyals, Toshev, Bengio & Erhan, Show and tell: a neural image caption generator", 2015, "E13",
        "A caption from a picture that enters once, as the first word that an LSTM reads.",
    ),
    Entry(
        "lrcn_captioner", "network", "gradatim.models.lrcn_captioner:LRCNCaptioner",
        "Donahue et al., Long-term recurrent convolutional networks for visual recognition and description",
        2015, "E13", "A caption from a picture that an LSTM reads beside every word.",
    ),
    Entry(
        "show_attend_and_tell", "network", "gradatim.models.show_attend_and_tell:ShowAttendAndTell",
        "Xu et al., Show, attend and tell: neural image caption generation with visual attention", 2015,
        "E13", "A caption from a picture whose places are attended to at every word.",
    ),
    Entry(
        "clip_captioner", "network", "gradatim.models.clip_captioner:ClipCaptioner",
        "Donahue et al., Long-term recurrent convolutional networks for visual recognition and description",
        2015, "E14 E22",
        "A caption from a clip: an LSTM over what moves in each frame, what is there, and an LSTM of words.",
    ),
    Entry(
        "forecaster", "network", "gradatim.models.forecaster:Forecaster",
        "Lai, Chang, Yang & Liu, Modeling long- and short-term temporal patterns with deep neural networks",
        2018, "E4",
        "The next steps of a series: a linear autoregression, and a perceptron for what that leaves.",
        "gradatim.training.forecasting:ForecastTraining",
    ),
)  # fmt: skip
