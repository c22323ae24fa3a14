"""Kinds of data that can be learned from; of several that take the same, the first does."""

from gradatim.catalog.entry import Entry


def _source(name: str, home: str, rows: str, sentence: str) -> Entry:
    return Entry(name, "source", f"gradatim.data.sources.{home}", "", 0, rows, sentence)


ENTRIES = (
    _source("loader", "loader:LoaderSource", "B20", "A torch DataLoader, or any iterable of (x, y) batches."),
    _source("dataset", "in_memory:DatasetSource", "B20", "A Dataset: examples that were read already."),
    _source("named", "named:NamedSource", "B20", "A name of the catalogue: digits, mnist, adult."),
    _source(
        "clip table", "clip_table:ClipTableSource", "D20 E14",
        "A table that names clips in a column, with what each shows, and with --group who is in it.",
    ),
    _source(
        "picture table", "picture_table:PictureTableSource", "D27",
        "A table that names pictures' files in a column, with what each shows: classes, labels, numbers.",
    ),
    _source(
        "labelled texts", "labelled_texts:LabelledTextSource", "E4 E11",
        "Texts with a class each: a folder with a sub-folder for each class, a class and a text a line with "
        "--task classification, ([text, …], [class, …]).",
    ),
    _source(
        "sentence pairs", "sentence_pairs:SentencePairSource", "E12",
        "Sentences and their translations: two columns in a file, two files as a,b, lists with "
        "--task translation.",
    ),
    _source(
        "word vectors", "word_vectors:WordVectorSource", "I9",
        "A text whose words get vectors, with --model skip_gram or --task word_vectors.",
    ),
    _source("words", "word_text:WordTextSource", "E9", "A text as words, with --task words."),
    _source("text", "text:TextSource", "E9", "A text: book.txt, book.txt.gz, or a name such as sonnets."),
    _source("picture", "picture:PictureSource", "D27", "One picture, whose numbers gradatim data shows."),
    _source(
        "music", "music:MusicSource", "E10",
        "Pieces of music: a MIDI file, a folder of MIDI files, or a name such as jsb-chorales.",
    ),
    _source("sound", "sound:SoundSource", "E21", "One recording, which gradatim data draws."),
    _source(
        "transcripts", "transcripts:TranscriptSource", "E21",
        "A folder of recordings with a .tsv or .csv of file and text, or FILE.wav beside FILE.txt.",
    ),
    _source(
        "sound folder", "sound_folder:SoundFolderSource", "E21",
        "A folder of recordings, a sub-folder for each class; or a name such as spoken_digits.",
    ),
    _source(
        "captioned clips", "captioned_clips:CaptionedClipSource", "E14 E22",
        "A folder of clips with captions.txt, a clip's name and a caption a line; (x, [text, …]) with "
        "--task captioning.",
    ),
    _source(
        "captioned pictures", "captioned_pictures:CaptionedPictureSource", "E13",
        "A folder of pictures with captions.txt, a picture's name and a caption a line; (x, [text, …]) with "
        "--task captioning.",
    ),
    _source(
        "box folder", "box_folder:BoxFolderSource", "D32",
        "A folder of pictures with boxes around objects: COCO's JSON, Pascal VOC's XML, YOLO's text.",
    ),
    _source(
        "mask folder", "mask_folder:MaskFolderSource", "D19",
        "A folder of pictures, image/, and their masks, label/, with equal names: a class for every pixel.",
    ),
    _source(
        "clip folder", "clip_folder:ClipFolderSource", "E14",
        "A folder of clips, a sub-folder for each class: videos, GIFs, strips, .npz, folders of frames.",
    ),
    _source(
        "picture folder", "picture_folder:PictureFolderSource", "D27",
        "A folder of pictures, a sub-folder for each class; of any size and mode.",
    ),
    _source(
        "tagged", "tagged:TaggedSource", "E11",
        "Sentences with a tag for every word: CoNLL-U; or a word and its tag a line, with --task tagging.",
    ),
    _source(
        "forecast", "forecast:ForecastSource", "E4",
        "A table whose rows are steps in time: --time and --horizon; --series where it holds several series.",
    ),
    _source(
        "series", "series:SeriesSource", "E4 E11",
        "Series: .npz with x (N, T, D) and lengths, or --series x; a long table with --series COLUMN.",
    ),
    _source(
        "sequences", "sequences:SequenceSource", "E4 E7",
        "Sequences of different lengths: (list of arrays, y), an answer for each or for every step.",
    ),
    _source(
        "npz", "npz:NpzSource", "B20",
        "Arrays in a file: x and y, or x_train, y_train, x_test, y_test; or several inputs a, b and y.",
    ),
    _source(
        "table", "table:TableSource", "B20",
        "Rows of named columns: CSV, TSV, Parquet, gzipped too, standard input, a data frame.",
    ),
    _source(
        "arrays", "arrays:ArraySource", "B20", "(X, y) of NumPy, pandas, polars or torch; a torch Dataset."
    ),
)  # fmt: skip
