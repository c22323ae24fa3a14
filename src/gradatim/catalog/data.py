"""Data sets by name."""

from gradatim.catalog.entry import Entry


def _teaching(name: str, rows: str, sentence: str, paper: str = "", year: int = 0) -> Entry:
    home = f"gradatim.data.teaching.{name}:{name}"
    return Entry(name, "dataset", home, paper, year, rows, sentence)


ENTRIES = (
    Entry(
        "digits", "dataset", "gradatim.data.digits:digits",
        "Kaynak, Methods of combining multiple classifiers and their applications to handwritten digit "
        "recognition", 1995, "B20",
        "1,797 handwritten digits of 8×8 pixels in 17 greys, ten classes; comes with scikit-learn.",
    ),
    Entry(
        "mnist", "dataset", "gradatim.data.mnist:mnist",
        "LeCun, Bottou, Bengio & Haffner, Gradient-based learning applied to document recognition", 1998,
        "B20",
        "70,000 handwritten digits of 28×28 pixels, ten classes; the last 10,000 are the test split.",
    ),
    Entry(
        "fashion-mnist", "dataset", "gradatim.data.mnist:fashion_mnist",
        "Xiao, Rasul & Vollgraf, Fashion-MNIST: a novel image dataset for benchmarking machine learning "
        "algorithms", 2017, "B20",
        "70,000 pictures of clothes of 28×28 pixels, ten classes; the last 10,000 are the test split.",
    ),
    Entry(
        "cifar10", "dataset", "gradatim.data.cifar10:cifar10",
        "Krizhevsky, Learning multiple layers of features from tiny images", 2009, "D3 G1",
        "Coloured pictures of 32×32 pixels in ten classes, or a part of them, from a folder of your own.",
    ),
    Entry(
        "hymenoptera", "dataset", "gradatim.data.hymenoptera:hymenoptera",
        "Chilamkurthy, Transfer learning for computer vision tutorial", 2017, "G1 G7",
        "397 photographs of ants and bees, or a part of them, from a folder of your own; size (64).",
    ),
    Entry(
        "usps", "dataset", "gradatim.data.usps:usps",
        "Le Cun, Boser, Denker, Henderson, Howard, Hubbard & Jackel, Backpropagation applied to handwritten "
        "zip code recognition", 1989, "B20 G5",
        "9,298 handwritten digits of postal codes, 16×16 pixels; the last 2,007 are the test split.",
    ),
    Entry(
        "mnist-m", "dataset", "gradatim.data.mnist_m:mnist_m",
        "Ganin, Ustinova, Ajakan, Germain, Larochelle, Laviolette, Marchand & Lempitsky, Domain-adversarial "
        "training of neural networks", 2016, "G5",
        "Digits of MNIST on patches of photographs, in colours, from a folder of your own.",
    ),
    Entry(
        "adult", "dataset", "gradatim.data.adult:adult",
        "Kohavi, Scaling up the accuracy of naive-Bayes classifiers: a decision-tree hybrid", 1996, "B20",
        "48,842 people of a US census, six numbers and eight categories each: income above $50,000 or not; "
        "the last 16,281 are the test split.",
    ),
    Entry(
        "school", "dataset", "gradatim.data.school:school",
        "Bakker & Heskes, Task clustering and gating for Bayesian multitask learning", 2003, "H2 H4",
        "15,362 students of 139 London schools and their examination scores: a school is a task.",
    ),
    Entry(
        "multi30k", "dataset", "gradatim.data.image_descriptions:multi30k",
        "Elliott, Frank, Sima'an & Specia, Multi30K: multilingual English-German image descriptions", 2016,
        "E12", "31,014 descriptions of photographs in German and English; the test is test_2016_flickr.",
    ),
    Entry(
        "rt-polarity", "dataset", "gradatim.data.sentence_polarity:rt_polarity",
        "Pang & Lee, Seeing stars: exploiting class relationships for sentiment categorization with respect "
        "to rating scales", 2005, "E11",
        "10,662 sentences of film reviews, half of them for the film and half against it.",
    ),
    Entry(
        "weizmann", "dataset", "gradatim.data.weizmann:weizmann",
        "Gorelick, Blank, Shechtman, Irani & Basri, Actions as space-time shapes", 2007, "E14",
        "24 clips of 64×64 pixels: six people wave with one hand or two, do jumping jacks, and bend.",
    ),
    Entry(
        "weizmann_captions", "dataset", "gradatim.data.weizmann_captions:weizmann_captions",
        "Gorelick, Blank, Shechtman, Irani & Basri, Actions as space-time shapes", 2007, "E14 E22",
        "The clips of weizmann with a sentence each that says who does what; one action of each person is "
        "the test; held (0 to 3) says which.",
    ),
    Entry(
        "flickr8k", "dataset", "gradatim.data.flickr8k:flickr8k",
        "Hodosh, Young & Hockenmaier, Framing image description as a ranking task: data, models and "
        "evaluation metrics", 2013, "E13",
        "Photographs with five captions each, 8,091 in all, from a folder of your own.",
    ),
    Entry(
        "office-caltech10", "dataset", "gradatim.data.office_caltech:office_caltech10",
        "Gong, Shi, Sha & Grauman, Geodesic flow kernel for unsupervised domain adaptation", 2012, "G4 B20",
        "Counts of 800 visual words in 2,533 photographs of ten things, from domain=amazon, caltech, dslr or "
        "webcam.",
    ),
    _teaching("shape_captions", "E13", "Pictures of coloured shapes with a caption each; unseen combinations "
              "of colour and form are the test; n, size, seed."),
    _teaching("moving_shapes", "E14", "Clips of a coloured shape that does something, with a caption each; "
              "unseen pairs of shape and action are the test; n, frames, size, seed."),
    Entry(
        "digits_on_canvas", "dataset", "gradatim.data.teaching.digits_on_canvas:digits_on_canvas", "", 0,
        "D32",
        "One to four handwritten digits of any size on a canvas, with a box around each; n, size, most, of "
        "(mnist or digits), seed.",
    ),
    _teaching(
        "xor", "A2 A9", "Four clouds at the corners of a square, two classes crosswise; n, noise, seed.",
        "Minsky & Papert, Perceptrons", 1969,
    ),
    _teaching("moons", "A9 B1", "Two half moons, one reaching into the other; n, noise, seed."),
    _teaching("circles", "A9 B1", "A circle in a circle; n, noise, factor (of the radii), seed."),
    _teaching(
        "spirals", "A6 B1", "Three arms of a spiral, a class each; n, noise, arms, turns, seed.",
        "Lang & Witbrock, Learning to tell two spirals apart", 1988,
    ),
    _teaching("blobs", "A2 B11", "Three round clouds, a class each; n, noise, classes, seed."),
    _teaching(
        "crossed", "I1", "Five categories, of which query and item decide together and neither alone; "
        "n, noise, levels, seed.",
        "Cheng et al., Wide & deep learning for recommender systems", 2016,
    ),
    _teaching("sine", "A5 B10", "Two waves of a sine: a number from another; n, noise, waves, seed."),
    _teaching("steps", "A5 A10", "A staircase: a number from another; n, noise, steps, seed."),
    Entry(
        "tinyshakespeare", "text", "gradatim.data.books:tinyshakespeare",
        "Karpathy, The unreasonable effectiveness of recurrent neural networks", 2015, "E9",
        "40,000 lines from Shakespeare's plays, 1,115,394 characters, 65 distinct.",
    ),
    Entry(
        "sonnets", "text", "gradatim.data.books:sonnets",
        "Shakespeare, Shake-speares sonnets", 1609, "E9",
        "Shakespeare's 154 sonnets without headings, 2,156 lines.",
    ),
    Entry(
        "warpeace", "text", "gradatim.data.books:warpeace",
        "Karpathy, Johnson & Fei-Fei, Visualizing and understanding recurrent networks", 2015, "E9",
        "Tolstoy's War and Peace in English, 3.2 million characters.",
    ),
    Entry(
        "jsb-chorales", "music", "gradatim.data.jsb:jsb_chorales",
        "Boulanger-Lewandowski, Bengio & Vincent, Modeling temporal dependencies in high-dimensional "
        "sequences", 2012, "E10",
        "382 chorales of Bach in four voices, 23,134 frames of a quarter note; 77 are the test split.",
    ),
    Entry(
        "spoken_digits", "sound", "gradatim.data.spoken_digits:spoken_digits",
        "Jackson, Souza, Flaks, Pan, Nicolas & Thite, Free spoken digit dataset", 2018, "E21",
        "3,000 recordings of ten spoken digits by six speakers; the first five of each are the test split.",
    ),
)  # fmt: skip
