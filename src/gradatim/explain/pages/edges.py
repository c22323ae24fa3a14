"""The map's edges: what is not explained, what a person can bring in, what was reached where."""

from gradatim.explain.traces.record import Line, Table, Trace

# Open in theory: the question, what is known, who showed it
OPEN = (
    ("why descent finds good minima", "the surface is not convex; large networks nearly always reach a small "
     "training loss, proofs need widths that nobody uses", "Choromanska et al. 2015; Du et al. 2019"),
    ("why they generalise", "the same network learns random labels by heart: what it could learn does not "
     "tell what it will", "Zhang et al. 2017"),
    ("why more parameters do not hurt", "beyond the point where the training data are fitted, the test error "
     "can fall again", "Belkin et al. 2019"),
    ("why depth helps", "functions are known that need exponentially more units with fewer layers; that real "
     "data are like them is not", "Telgarsky 2016"),
    ("why a change that nobody sees changes the answer", "pictures moved by less than an eye notices are "
     "classified wrongly, by many networks alike", "Szegedy et al. 2014"),
)  # fmt: skip
# Where what a person knows enters, how, and with which command
KNOWLEDGE = (
    ("features", "a measure that is computed and put among the inputs", "a column more in the table"),
    ("architecture", "a convolution knows that a cat is one wherever it sits; a recurrent network, that the "
     "past comes before", "gradatim train photos/ --model small_cnn"),
    ("penalty", "small weights: a smooth function is likelier", "gradatim train digits --weight-decay 0.1"),
    ("augmentation", "what may change without the answer changing", "turned, moved and mirrored copies"),
    ("the loss", "which mistake costs how much", "gradatim train FILE --class-weight balanced"),
)  # fmt: skip
NOWHERE = (
    ("a rule with exceptions, said in words", "no weight stands for it; examples of it have to be made"),
    ("a law that must hold always", "a penalty makes breaking it seldom, not impossible"),
    ("a cause", "what goes together in the examples is learned, whether or not one makes the other"),
)
# What can be read from a trained network: what, how, how far it can be trusted
READ = (
    ("first layer", "weights as pictures: edges, colours, strokes", "gradatim plot filters RUN",
     "what they are used for is not in them"),
    ("one column", "how the answer changes with it, the others as they are (Friedman 2001)",
     "gradatim report RUN", "misleads where columns go together"),
    ("importance", "how much worse with a column shuffled (Breiman 2001)", "gradatim report RUN",
     "two columns that say the same share it"),
    ("one example", "which pixels change the answer most (Simonyan et al. 2014)", "",
     "some such maps hardly depend on the weights (Adebayo et al. 2018)"),
    ("a hidden unit", "the examples that drive it most", "gradatim plot feature-maps RUN example=3",
     "a unit of its own is seldom a notion of its own"),
)  # fmt: skip
# As published: task, what was reached before and then, the year, conditions, who measured it
RESULTS = (
    ("pictures: ImageNet, 1,000 classes", "top-5 error 26.2 % → 15.3 %", 2012,
     "AlexNet, seven networks, two of them trained on more pictures first", "Krizhevsky et al. 2012"),
    ("pictures: ImageNet, 1,000 classes", "top-5 error 15.3 % → 6.67 %", 2014,
     "GoogLeNet, seven networks, 144 crops", "Szegedy et al. 2015"),
    ("pictures: ImageNet, 1,000 classes", "top-5 error 3.57 % (a person: 5.1 %)", 2015,
     "ResNet, six networks", "He et al. 2016; Russakovsky et al. 2015"),
    ("pictures: MNIST", "test error 0.95 % (LeNet-5, 1998) → 0.23 %", 2012,
     "35 networks, trained on distorted digits", "Cireşan et al. 2012"),
    ("speech: Switchboard, telephone", "word error 23.6 % → 16.1 %", 2011,
     "309 hours, seven hidden layers, speaker-independent; a hidden Markov model for the words",
     "Seide et al. 2011"),
    ("speech: Switchboard, telephone", "word error 5.9 % (people: 5.9 %)", 2016,
     "2,000 hours, several networks together", "Xiong et al. 2016"),
    ("speech: TIMIT, read sentences", "phone error 20.7 % (belief network) → 17.7 %", 2013,
     "LSTM of three layers, in both directions", "Graves et al. 2013; Mohamed et al. 2012"),
    ("translation: WMT 2014, English to French", "BLEU 33.3 → 34.8", 2014,
     "five pairs of LSTMs, 80,000 words", "Sutskever et al. 2014"),
    ("translation: WMT 2014, English to German", "BLEU 26.4 → 28.4", 2017,
     "Transformer, 3.5 days on eight GPUs", "Vaswani et al. 2017"),
    ("games: Go, against Lee Sedol", "4 of 5 games won", 2016,
     "networks for move and value, tree search", "Silver et al. 2016"),
    ("tables: 45 of about 10,000 rows", "boosted trees ahead of networks", 2022,
     "each tuned for hours, networks on standardised columns", "Grinsztajn et al. 2022"),
)  # fmt: skip


def edges() -> Trace:
    """What theory does not explain, where knowledge enters and where it cannot, what can be interpreted, and
    published results by field, each with its year and conditions.
    """
    return Trace("The map's edges", "I11", "", [
        Line("What a network does is known to the last number. Why that is enough, often is not."),
        Table("What theory does not explain", ["question", "what is known", "shown by"], OPEN),
        Table("Where what a person knows enters", ["as", "what it says", "how"], KNOWLEDGE),
        Table("Where it cannot", ["what", "why not"], NOWHERE),
        Table("What can be interpreted", ["what", "how", "command", "how far"], READ),
        Line("Results as they were published. An error of one field says nothing about another: what is "
             "hard, how much data there is and what counts as wrong differ."),
        Table("Published results by field", ["task", "result", "year", "conditions", "source"], [
            [task, result, str(year), *how] for task, result, year, *how in RESULTS
        ]),
    ])  # fmt: skip
