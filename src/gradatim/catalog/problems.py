"""Kinds of answers: what can be asked of a network."""

from gradatim.catalog.entry import Entry

ENTRIES = (
    Entry(
        "classes", "problem", "gradatim.problems.classes:Classes", "", 0, "B11 B20",
        "Which of K classes: probabilities, confusion, calibration; of two, a threshold.",
    ),
    Entry(
        "shares", "problem", "gradatim.problems.shares:Shares", "", 0, "B9 B11",
        "How probable each of K classes is: targets are distributions over them; --task distribution.",
    ),
    Entry(
        "labels", "problem", "gradatim.problems.labels:Labels", "", 0, "B11 B20",
        "Which of K labels, each a question of its own, as columns or as sets such as red;blue.",
    ),
    Entry(
        "numbers", "problem", "gradatim.problems.numbers:Numbers", "", 0, "B11 B20",
        "One number or several, in their own units: residuals, RMSE, MAE and R².",
    ),
    Entry(
        "intervals", "problem", "gradatim.problems.intervals:Intervals",
        "Lei, G'Sell, Rinaldo, Tibshirani & Wasserman, Distribution-free predictive inference for regression",
        2018, "B10 B11",
        "Numbers, each with the interval that holds 90 % of such numbers on validation.",
    ),
    Entry(
        "mixtures", "problem", "gradatim.problems.mixtures:Mixtures",
        "Bishop, Mixture density networks", 1994, "B10 B11",
        "Numbers with several peaks: the mean, the likeliest, and an interval; --loss mixture_nll.",
    ),
    Entry(
        "counts", "problem", "gradatim.problems.counts:Counts", "", 0, "B10 B11",
        "How many: 0, 1, 2, …, each with the mean of its Poisson distribution; --loss poisson_nll.",
    ),
    Entry(
        "tasks", "problem", "gradatim.problems.several_tasks:SeveralTasks",
        "Caruana, Multitask learning", 1997, "H1",
        "Several questions at once, each of a kind of its own: classes, numbers; targets may be missing.",
    ),
    Entry(
        "forecasts", "problem", "gradatim.problems.forecasts:Forecasts",
        "Hyndman & Koehler, Another look at measures of forecast accuracy", 2006, "B10 E4",
        "The next H steps of a series, each with an interval: MAE, RMSE, MASE, coverage by how far ahead.",
    ),
    Entry(
        "next character", "problem", "gradatim.problems.next_character:NextCharacter", "", 0, "E9",
        "Which character comes next in a text: bits per character, samples.",
    ),
    Entry(
        "next frame", "problem", "gradatim.problems.next_frame:NextFrame",
        "Boulanger-Lewandowski, Bengio & Vincent, Modeling temporal dependencies in high-dimensional "
        "sequences", 2012, "E10",
        "Which notes come next in a piece of music: nats a frame, accuracy, sampled pieces.",
    ),
    Entry(
        "next word", "problem", "gradatim.problems.next_word:NextWord", "", 0, "E9",
        "Which word comes next in a text, of the commonest: perplexity, samples; --task words.",
    ),
    Entry(
        "translation", "problem", "gradatim.problems.translation:Translation",
        "Post, A call for clarity in reporting BLEU scores", 2018, "E12",
        "What a sentence is in another language: BLEU and chrF by sacreBLEU, perplexity.",
    ),
    Entry(
        "word contexts", "problem", "gradatim.problems.word_contexts:WordContexts",
        "Mikolov, Sutskever, Chen, Corrado & Dean, Distributed representations of words and phrases and "
        "their compositionality", 2013, "I9",
        "Which words stand around a word: vectors of words, nearest words, analogies; --task word_vectors.",
    ),
    Entry(
        "caption", "problem", "gradatim.problems.caption:Caption",
        "Papineni, Roukos, Ward & Zhu, BLEU: a method for automatic evaluation of machine translation", 2002,
        "E13",
        "What is on a picture, in a sentence: BLEU-1 to BLEU-4, the share that is right word for word.",
    ),
    Entry(
        "transcript", "problem", "gradatim.problems.transcript:Transcript",
        "Levenshtein, Binary codes capable of correcting deletions, insertions, and reversals", 1966, "E21",
        "What is said in a recording: word and character error rate, exact transcripts, perplexity.",
    ),
    Entry(
        "tags", "problem", "gradatim.problems.tags:Tags", "", 0, "E11",
        "Which of K tags every word of a sentence has: accuracy by words, confusion.",
    ),
    Entry(
        "masks", "problem", "gradatim.problems.masks:Masks", "", 0, "D19",
        "Which of K classes every pixel is of: mean IoU, boundary F, masks as pictures.",
    ),
    Entry(
        "membranes", "problem", "gradatim.problems.membranes:Membranes",
        "Arganda-Carreras et al., Crowdsourcing the creation of image segmentation algorithms for "
        "connectomics", 2015, "D19 D33",
        "Masks whose one class is thin borders between segments of the other: V_rand, pixel error.",
    ),
    Entry(
        "boxes", "problem", "gradatim.problems.boxes:Boxes",
        "Lin et al., Microsoft COCO: common objects in context", 2014, "D32",
        "Which objects are in a picture, and where: boxes, their classes and scores; mAP by COCO's rule.",
    ),
    Entry(
        "one box", "problem", "gradatim.problems.one_box:OneBox",
        "Sermanet, Eigen, Zhang, Mathieu, Fergus & LeCun, OverFeat: integrated recognition, localization and "
        "detection using convolutional networks", 2014, "D32",
        "What the one object in a picture is, and where: class and box by regression; --task localisation.",
    ),
    Entry(
        "reconstruction", "problem", "gradatim.problems.reconstruction:Reconstruction", "", 0, "F1 F6",
        "The inputs again: what a network that reads no target keeps of them.",
    ),
    Entry(
        "variational", "problem", "gradatim.problems.variational:Variational",
        "Kingma & Welling, Auto-encoding variational Bayes", 2014, "F5",
        "How probable inputs are: the evidence lower bound and the importance-weighted one, in nats.",
    ),
    Entry(
        "best unit", "problem", "gradatim.problems.best_unit:BestUnit",
        "Kohonen, Self-organized formation of topologically correct feature maps", 1982, "F11",
        "The nearest unit of a map: its row and column, quantisation and topographic error.",
    ),
)  # fmt: skip
