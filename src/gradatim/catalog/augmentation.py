"""Operations that change pictures while a network learns from them."""

from gradatim.catalog.entry import Entry

ALEXNET = "Krizhevsky, Sutskever & Hinton, ImageNet classification with deep convolutional neural networks"
RESNET = "He, Zhang, Ren & Sun, Deep residual learning for image recognition"
GEOMETRY, COLOUR = "gradatim.data.augmentation.geometry", "gradatim.data.augmentation.colour"
ERASING, MIXING = "gradatim.data.augmentation.erasing", "gradatim.data.augmentation.mixing"

ENTRIES = (
    Entry("flip", "augmentation", f"{GEOMETRY}:Flip", ALEXNET, 2012, "B12 D12",
          "Mirrored left and right, top and bottom, or both, with probability p."),
    Entry("crop", "augmentation", f"{GEOMETRY}:Crop", RESNET, 2016, "B12 D12",
          "Cut out of the picture with a border around it: shifted by up to so many pixels."),
    Entry("resized_crop", "augmentation", f"{GEOMETRY}:ResizedCrop",
          "Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke & Rabinovich, Going deeper with "
          "convolutions", 2015, "B12 D12",
          "A part of the picture of any size and shape, stretched to its size."),
    Entry("turn", "augmentation", f"{GEOMETRY}:Turn", "", 0, "B12",
          "Turned by right angles: for square pictures that have no upper side."),
    Entry("rotate", "augmentation", f"{GEOMETRY}:Rotate", "", 0, "B12",
          "Rotated around its middle by up to so many degrees."),
    Entry("scale", "augmentation", f"{GEOMETRY}:Scale", "", 0, "B12",
          "Smaller or larger around its middle by up to a factor."),
    Entry("colour", "augmentation", f"{COLOUR}:Colour",
          "Haeberli & Voorhies, Image processing by interpolation and extrapolation", 1994, "B12 D12",
          "Brightness, contrast and saturation, each more or less."),
    Entry("colour_shift", "augmentation", f"{COLOUR}:ColourShift", ALEXNET, 2012, "B12 D12",
          "One colour added to all of a picture, along the principal components of the training pixels."),
    Entry("cutout", "augmentation", f"{ERASING}:Cutout",
          "DeVries & Taylor, Improved regularization of convolutional neural networks with cutout", 2017,
          "B12", "A square of the picture becomes zero."),
    Entry("erasing", "augmentation", f"{ERASING}:Erasing",
          "Zhong, Zheng, Kang, Li & Yang, Random erasing data augmentation", 2020, "B12",
          "A rectangle of the picture becomes random numbers."),
    Entry("mixup", "augmentation", f"{MIXING}:Mixup",
          "Zhang, Cisse, Dauphin & Lopez-Paz, mixup: Beyond empirical risk minimization", 2018, "B12",
          "Two examples weighed, inputs and targets alike."),
    Entry("cutmix", "augmentation", f"{MIXING}:CutMix",
          "Yun, Han, Oh, Chun, Choe & Yoo, CutMix: Regularization strategy to train strong classifiers with "
          "localizable features", 2019, "B12",
          "A rectangle of another picture, and its area's share of that one's target."),
    Entry("trivial_augment", "augmentation", "gradatim.data.augmentation.trivial_augment:TrivialAugment",
          "Müller & Hutter, TrivialAugment: Tuning-free yet state-of-the-art data augmentation", 2021, "B12",
          "One of 14 operations, of any strength: no setting to choose."),
)  # fmt: skip
