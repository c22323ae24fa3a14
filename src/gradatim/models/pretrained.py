"""Torchvision's published weights, by the networks that they fit.

A file's name ends in the first eight digits of its SHA-256; that is what is published, and checked. They were
trained on ImageNet at 224×224 (fcn_resnet50_tv: on COCO, r3d_18: on Kinetics), on pictures between 0 and 1
with ImageNet's mean and deviation of each colour taken off and divided by; googlenet_tv's with ½ and ½.
"""

from pathlib import Path

from gradatim.checks import UsageError, did_you_mean
from gradatim.data.fetching import fetch

PLACE = "https://download.pytorch.org/models/"
FILES = {
    "alexnet_tv": "alexnet-owt-7be5be79.pth",
    "vgg11": "vgg11-8a719046.pth", "vgg13": "vgg13-19584684.pth", "vgg16": "vgg16-397923af.pth",
    "vgg19": "vgg19-dcbb9e9d.pth", "vgg11_tv": "vgg11-8a719046.pth", "vgg13_tv": "vgg13-19584684.pth",
    "vgg16_tv": "vgg16-397923af.pth", "vgg19_tv": "vgg19-dcbb9e9d.pth",
    "vgg11_bn": "vgg11_bn-6002323d.pth", "vgg13_bn": "vgg13_bn-abd245e5.pth",
    "vgg16_bn": "vgg16_bn-6c64b313.pth", "vgg19_bn": "vgg19_bn-c79401a0.pth",
    "googlenet_tv": "googlenet-1378be20.pth",
    "resnet18": "resnet18-f37072fd.pth", "resnet34": "resnet34-b627a593.pth",
    "resnet50_tv": "resnet50-0676ba61.pth", "resnet101_tv": "resnet101-63fe2227.pth",
    "resnet152_tv": "resnet152-394f9c45.pth", "wide_resnet50_2": "wide_resnet50_2-95faca4d.pth",
    "densenet121": "densenet121-a639ec97.pth", "densenet161": "densenet161-8d451a50.pth",
    "densenet169": "densenet169-b2777c0a.pth", "densenet201": "densenet201-c1103571.pth",
    "fcn_resnet50_tv": "fcn_resnet50_coco-1167a1af.pth", "r3d_18": "r3d_18-b3b3357e.pth",
}  # fmt: skip


def published_weights(name: str) -> Path:
    """Where the published weights of a network lie, downloaded if need be.

    Raises UsageError for a network that has none, GradatimError when they cannot be had.
    """
    if name not in FILES:
        raise UsageError(f"there are no published weights for {name}: {did_you_mean(name, FILES)}")
    file = FILES[name]
    return fetch("torchvision", file, file.removesuffix(".pth").rpartition("-")[2], [PLACE + file])
