"""Whole networks."""

from gradatim.catalog.entry import Entry

LENET = "LeCun, Bottou, Bengio & Haffner, Gradient-based learning applied to document recognition"
ALEXNET = "Krizhevsky, Sutskever & Hinton, ImageNet classification with deep convolutional neural networks"
VGG = "Simonyan & Zisserman, Very deep convolutional networks for large-scale image recognition"
INCEPTION = "Szegedy et al., Going deeper with convolutions"
RESNET = "He, Zhang, Ren & Sun, Deep residual learning for image recognition"
WIDE = "Zagoruyko & Komodakis, Wide residual networks"
DENSENET = "Huang, Liu, van der Maaten & Weinberger, Densely connected convolutional networks"
FCN = "Long, Shelhamer & Darrell, Fully convolutional networks for semantic segmentation"


def _vgg(name: str, sentence: str) -> Entry:
    return Entry(name, "network", "gradatim.models.vgg:VGG", VGG, 2014, "D14", sentence)


def _resnet(name: str, sentence: str) -> Entry:
    return Entry(name, "network", "gradatim.models.resnet:ResNet", RESNET, 2015, "D16", sentence)


def _cifar(name: str, sentence: str) -> Entry:
    return Entry(name, "network", "gradatim.models.resnet_cifar:CifarResNet", RESNET, 2015, "D16", sentence)


def _densenet(name: str, sentence: str) -> Entry:
    return Entry(name, "network", "gradatim.models.densenet:DenseNet", DENSENET, 2017, "D18", sentence)


def _fcn(name: str, sentence: str) -> Entry:
    return Entry(name, "network", "gradatim.models.fcn:FCN", FCN, 2015, "D19", sentence)


ENTRIES = (
    Entry(
        "stack", "network", "gradatim.models.stack:stack", "", 0, "B1 B4",
        "Layers one after the other, each an entry of the catalogue.",
    ),
    Entry(
        "mlp", "network", "gradatim.models.mlp:mlp",
        "Rumelhart, Hinton & Williams, Learning representations by back-propagating errors", 1986,
        "B1 B2 B3 B11 B13",
        "Multilayer perceptron: dense layers with an activation between them, and a linear output.",
    ),
    Entry(
        "wide_deep", "network", "gradatim.models.wide_deep:WideDeep",
        "Cheng et al., Wide & deep learning for recommender systems", 2016, "I1",
        "A linear model of inputs and crossed categories beside a perceptron of embeddings, one loss.",
    ),
    Entry(
        "shared_trunk", "network", "gradatim.models.shared_trunk:SharedTrunk",
        "Caruana, Multitask learning", 1997, "H1",
        "Hard sharing: hidden layers for all tasks and a head for each; weights fixed, learned or balanced.",
        "gradatim.multitask.training:MultiTaskTraining",
    ),
    Entry(
        "cross_stitch", "network", "gradatim.models.cross_stitch:CrossStitch",
        "Misra, Shrivastava, Gupta & Hebert, Cross-stitch networks for multi-task learning", 2016, "H1",
        "A network for each task, whose layers learn how much they read of each other.",
        "gradatim.multitask.training:MultiTaskTraining",
    ),
    Entry(
        "soft_sharing", "network", "gradatim.models.soft_sharing:SoftSharing",
        "Duong, Cohn, Bird & Cook, Low resource dependency parsing: cross-lingual parameter sharing in a "
        "neural network parser", 2015, "H1",
        "A network for each task, and a price on the distance of their hidden layers.",
        "gradatim.multitask.training:MultiTaskTraining",
    ),
    Entry(
        "ensemble", "network", "gradatim.models.ensemble:ensemble",
        "Hansen & Salamon, Neural network ensembles", 1990, "B12",
        "The weighed mean of multilayer perceptrons of several kinds, each trained on a part of the rows.",
        "gradatim.ensembles.training:EnsembleTraining",
    ),
    Entry(
        "mean_of_members", "layer", "gradatim.models.mean_of_members:MeanOfMembers",
        "Hansen & Salamon, Neural network ensembles", 1990, "B12",
        "Networks side by side on columns of their own, and the weighed mean of their answers.",
    ),
    Entry(
        "small_cnn", "network", "gradatim.models.small_cnn:SmallCNN",
        "Ioffe & Szegedy, Batch normalization: accelerating deep network training by reducing internal "
        "covariate shift", 2015, "D5 D7 D10",
        "Stages of 3×3 convolutions with batch norm, the mean over all pixels, a dense layer; of any size.",
    ),
    Entry(
        "resnet9", "network", "gradatim.models.resnet9:ResNet9",
        "Page, How to train your ResNet", 2018, "D16",
        "A residual network of nine layers that learns small pictures in the shortest time; of any size.",
    ),
    Entry(
        "autoencoder", "network", "gradatim.models.autoencoder:Autoencoder",
        "Hinton & Salakhutdinov, Reducing the dimensionality of data with neural networks", 2006,
        "F1 F2 F3 F4",
        "Autoencoder: dense layers to a short code and back; sparse, contractive or denoising where asked.",
        "gradatim.unsupervised.autoencoders:AutoencoderTraining",
    ),
    Entry(
        "conv_autoencoder", "network", "gradatim.models.conv_autoencoder:ConvAutoencoder",
        "Masci, Meier, Cireşan & Schmidhuber, Stacked convolutional auto-encoders for hierarchical feature "
        "extraction", 2011, "F3 F5",
        "Convolutional autoencoder: pictures of any size to a code and back, by transposed convolutions.",
        "gradatim.unsupervised.autoencoders:AutoencoderTraining",
    ),
    Entry(
        "vae", "network", "gradatim.models.vae:VAE",
        "Kingma & Welling, Auto-encoding variational Bayes", 2014, "F5",
        "Variational autoencoder: a code with a distribution, from which new examples are drawn.",
        "gradatim.unsupervised.vae:VAETraining",
    ),
    Entry(
        "conv_vae", "network", "gradatim.models.conv_vae:ConvVAE",
        "Kingma & Welling, Auto-encoding variational Bayes", 2014, "F5",
        "Convolutional VAE: pictures to a code with a distribution, from which new pictures are drawn.",
        "gradatim.unsupervised.vae:VAETraining",
    ),
    Entry(
        "rbm", "network", "gradatim.nn.rbm:RBM",
        "Smolensky, Information processing in dynamical systems: foundations of harmony theory", 1986, "F6",
        "Restricted Boltzmann machine: binary units, seen and hidden, with an energy between the two layers.",
        "gradatim.unsupervised.rbm:ContrastiveDivergence",
    ),
    Entry(
        "som", "network", "gradatim.nn.som:SOM",
        "Kohonen, Self-organized formation of topologically correct feature maps", 1982, "F11",
        "Self-organising map: units on a grid, whose neighbours learn to answer to similar inputs.",
        "gradatim.unsupervised.som:SOMTraining",
    ),
    Entry(
        "gaussian_rbm", "network", "gradatim.nn.gaussian_rbm:GaussianRBM",
        "Cho, Ilin & Raiko, Improved learning of Gaussian–Bernoulli restricted Boltzmann machines",
        2011, "F6",
        "Boltzmann machine of Gaussian visible units with learned variances: numbers on any scale.",
        "gradatim.unsupervised.gaussian:GaussianContrastiveDivergence",
    ),
    Entry(
        "dbn", "network", "gradatim.nn.dbn:DBN",
        "Hinton, Osindero & Teh, A fast learning algorithm for deep belief nets", 2006, "F7",
        "Deep belief network: Boltzmann machines on each other, learned one by one, labels at the top.",
        "gradatim.unsupervised.deep_belief:DeepBelief",
    ),
    Entry(
        "lenet5", "network", "gradatim.models.lenet:LeNet5",
        LENET, 1998, "D11",
        "LeNet-5 as published: a connection table, trained subsampling, RBF outputs; 60,000 parameters.",
    ),
    Entry(
        "lenet5_modern", "network", "gradatim.models.lenet:LeNet5Modern",
        LENET, 1998, "D11",
        "LeNet-5 as it is taught: ReLU, max pooling, softmax; 61,706 parameters.",
    ),
    Entry(
        "alexnet", "network", "gradatim.models.alexnet:AlexNet", ALEXNET, 2012, "D12",
        "AlexNet on two GPUs: five convolutions, three of them in two groups, LRN, three dense layers.",
    ),
    Entry(
        "alexnet_ungrouped", "network", "gradatim.models.alexnet:AlexNet", ALEXNET, 2012, "D12",
        "AlexNet on one GPU: no groups.",
    ),
    Entry(
        "alexnet_tv", "network", "gradatim.models.alexnet_tv:AlexNetTV",
        "Krizhevsky, One weird trick for parallelizing convolutional neural networks", 2014, "D12",
        "AlexNet in one column of 64-192-384-256-256 channels, no LRN: torchvision's.",
    ),
    Entry(
        "zfnet", "network", "gradatim.models.alexnet:AlexNet",
        "Zeiler & Fergus, Visualizing and understanding convolutional networks", 2013, "D13",
        "AlexNet with a first layer that looks closer: 7×7 with stride 2.",
    ),
    _vgg("vgg11", "VGG, column A: 8 convolutions of 3×3 and 3 dense layers."),
    _vgg("vgg11_lrn", "VGG, column A-LRN: A with local response normalisation."),
    _vgg("vgg13", "VGG, column B: 10 convolutions."),
    _vgg("vgg16_c", "VGG, column C: 13 convolutions, three of them 1×1."),
    _vgg("vgg16", "VGG, column D: 13 convolutions."),
    _vgg("vgg19", "VGG, column E: 16 convolutions."),
    _vgg("vgg11_tv", "vgg11 for any size: averaged to 7×7 in front of the dense layers."),
    _vgg("vgg13_tv", "vgg13 for any size: averaged to 7×7 in front of the dense layers."),
    _vgg("vgg16_tv", "vgg16 for any size: averaged to 7×7 in front of the dense layers."),
    _vgg("vgg19_tv", "vgg19 for any size: averaged to 7×7 in front of the dense layers."),
    _vgg("vgg11_bn", "vgg11_tv with batch norm behind every convolution."),
    _vgg("vgg13_bn", "vgg13_tv with batch norm behind every convolution."),
    _vgg("vgg16_bn", "vgg16_tv with batch norm behind every convolution."),
    _vgg("vgg19_bn", "vgg19_tv with batch norm behind every convolution."),
    Entry(
        "googlenet", "network", "gradatim.models.googlenet:GoogLeNet", INCEPTION, 2014, "D15",
        "GoogLeNet: nine Inception modules, LRN, two auxiliary heads while training.",
    ),
    Entry(
        "googlenet_tv", "network", "gradatim.models.googlenet_tv:GoogLeNetTV", INCEPTION, 2014, "D15",
        "GoogLeNet with batch norm and 3×3 for 5×5: torchvision's.",
    ),
    _resnet("plain18", "18 layers without shortcuts, to compare with resnet18."),
    _resnet("plain34", "34 layers without shortcuts, to compare with resnet34."),
    _resnet("resnet18", "Residual network of 18 layers."),
    _resnet("resnet34", "Residual network of 34 layers."),
    _resnet("resnet50", "Residual network of 50 layers; a bottleneck's stride in its first 1×1."),
    _resnet("resnet101", "Residual network of 101 layers; a bottleneck's stride in its first 1×1."),
    _resnet("resnet152", "Residual network of 152 layers; a bottleneck's stride in its first 1×1."),
    _resnet("resnet50_tv", "resnet50 with the stride in the 3×3: torchvision's."),
    _resnet("resnet101_tv", "resnet101 with the stride in the 3×3: torchvision's."),
    _resnet("resnet152_tv", "resnet152 with the stride in the 3×3: torchvision's."),
    Entry(
        "wide_resnet50_2", "network", "gradatim.models.resnet:ResNet", WIDE, 2016, "D17",
        "resnet50_tv with 3×3 convolutions of twice the channels.",
    ),
    _cifar("resnet20", "Residual network of 20 layers for small pictures."),
    _cifar("resnet32", "Residual network of 32 layers for small pictures."),
    _cifar("resnet44", "Residual network of 44 layers for small pictures."),
    _cifar("resnet56", "Residual network of 56 layers for small pictures."),
    _cifar("resnet110", "Residual network of 110 layers for small pictures."),
    _cifar("resnet1202", "Residual network of 1202 layers for small pictures."),
    _cifar("resnet_cifar", "Residual network of depth = 6n + 2 layers for small pictures."),
    _cifar("plain20", "20 layers without shortcuts, to compare with resnet20."),
    _cifar("plain32", "32 layers without shortcuts, to compare with resnet32."),
    _cifar("plain44", "44 layers without shortcuts, to compare with resnet44."),
    _cifar("plain56", "56 layers without shortcuts, to compare with resnet56."),
    _cifar("plain110", "110 layers without shortcuts, to compare with resnet110."),
    _cifar("plain_cifar", "Depth = 6n + 2 layers without shortcuts."),
    Entry(
        "wrn", "network", "gradatim.models.wide_resnet:WideResNet", WIDE, 2016, "D17",
        "Wide residual network WRN-depth-width for small pictures.",
    ),
    _densenet("densenet121", "Dense network of 121 layers, growth rate 32."),
    _densenet("densenet161", "Dense network of 161 layers, growth rate 48."),
    _densenet("densenet169", "Dense network of 169 layers, growth rate 32."),
    _densenet("densenet201", "Dense network of 201 layers, growth rate 32."),
    Entry(
        "densenet_cifar", "network", "gradatim.models.densenet_cifar:CifarDenseNet", DENSENET, 2017, "D18",
        "Dense network of depth L and growth rate k for small pictures.",
    ),
    Entry(
        "densenet_bc_cifar", "network", "gradatim.models.densenet_cifar:CifarDenseNet", DENSENET, 2017, "D18",
        "The same with bottlenecks and compression.",
    ),
    _fcn("fcn32s", "A class for every pixel: VGG-16's scores, upsampled 32 times."),
    _fcn("fcn16s", "The same, with those of pool 4 added and upsampled 16 times."),
    _fcn("fcn8s", "The same, with those of pools 4 and 3 added and upsampled 8 times."),
    Entry(
        "small_fcn", "network", "gradatim.models.small_fcn:SmallFCN", FCN, 2015, "D19",
        "A class for every pixel: four stages down, and up again with what each stage gave added.",
    ),
    Entry(
        "small_detector", "network", "gradatim.models.small_detector:SmallDetector",
        "Zhou, Wang & Krähenbühl, Objects as points", 2019, "D32",
        "At every fourth pixel the score of each class that an object's middle is there, and its box.",
    ),
    Entry(
        "small_localiser", "network", "gradatim.models.small_localiser:SmallLocaliser",
        "Sermanet, Eigen, Zhang, Mathieu, Fergus & LeCun, OverFeat: integrated recognition, localization and "
        "detection using convolutional networks", 2014, "D32",
        "Stages of convolutions, the means over a grid, and two dense layers to a class and a box.",
    ),
    Entry(
        "unet", "network", "gradatim.models.unet:UNet",
        "Ronneberger, Fischer & Brox, U-Net: convolutional networks for biomedical image segmentation", 2015,
        "I10",
        "A class for every pixel: five stages down, and up again beside what each stage gave.",
    ),
    Entry(
        "fcn_resnet50_tv", "network", "gradatim.models.fcn_resnet:FCNResNet", FCN, 2015, "D19",
        "A class for every pixel, on a dilated 50-layer residual network: torchvision's.",
    ),
    Entry(
        "c3d", "network", "gradatim.models.c3d:C3D",
        "Tran, Bourdev, Fergus, Torresani & Paluri, Learning spatiotemporal features with 3D convolutional "
        "networks", 2015, "D20",
        "Eight 3×3×3 convolutions over clips of 16 pictures.",
    ),
    Entry(
        "r3d_18", "network", "gradatim.models.r3d:R3D",
        "Tran et al., A closer look at spatiotemporal convolutions for action recognition", 2018, "D20",
        "Residual network of 18 layers over clips.",
    ),
    Entry(
        "small_c3d", "network", "gradatim.models.small_c3d:SmallC3D",
        "Tran, Bourdev, Fergus, Torresani & Paluri, Learning spatiotemporal features with 3D convolutional "
        "networks", 2015, "D20 E14",
        "Four 3×3×3 convolutions over what moves in windows of a clip: for few clips.",
    ),
    Entry(
        "lrcn", "network", "gradatim.models.lrcn:LRCN",
        "Donahue et al., Long-term recurrent convolutional networks for visual recognition and description",
        2015, "E14",
        "A small convolutional network on every frame of a clip, and an LSTM over what it says.",
    ),
    Entry(
        "frame_cnn", "network", "gradatim.models.frame_cnn:FrameCNN",
        "Karpathy et al., Large-scale video classification with convolutional neural networks", 2014,
        "D20 E14",
        "The same without time: the mean over frames of what the network says of each.",
    ),
)  # fmt: skip
