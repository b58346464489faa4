"""CLAIMS: sentences about residual networks, each with a measurement that says whether it holds."""

from __future__ import annotations

from resnet_core.lab.theory import judges_counted as counted
from resnet_core.lab.theory import judges_measured as measured
from resnet_core.lab.theory.judgement import Claim

PAPER = "He et al. 2015"


CLAIMS: dict[str, Claim] = {
    claim.name: claim
    for claim in (
        Claim(
            name="at least as good", source="000", judge=measured.at_least_as_good, in_parts=True,
            quote="the residual mapping must perform AT LEAST as good as the plain nonlinear layers",
        ),
        Claim(
            name="can fit both", source="000", judge=measured.fits_both,
            quote="if the plain nonlinear layers can asymptotically approximate the underlying function H(x), then "
            "it's equally like that it can fit the residual function F(x):=H(x)-x",
        ),
        Claim(
            name="no extra cost", source="000", judge=counted.free,
            quote="it introduces neither extra parameters nor computational complexity",
        ),
        Claim(
            name="memory", source="000", judge=counted.memory, in_parts=True,
            quote="Despite the significant increase of depth, ResNet has much more efficient memory usage",
        ),
        Claim(
            name="fewer filters", source="000", judge=counted.fewer_filters,
            quote="the ResNet-34 has fewer filters and lower complexity than VGGNet although there's a huge increase "
            "of depth",
        ),
        Claim(
            name="18 % of VGG-19", source="000", judge=counted.share_of_vgg,
            quote="ResNet-34 has 3.6 billion FLOPs ... which is only 18% of VGG-19 which has 19.6 billion FLOPs",
        ),
        Claim(
            name="sensitive", source="001", judge=measured.sensitive, quote="引入残差后的映射对输出的变化更敏感",
            translation="the mapping with the residual is more sensitive to changes of the output",
        ),
        Claim(
            name="zero is easier", source="001", judge=measured.identity_is_hard, quote="而F(x)=0 任务会更容易",
            translation="and the task F(x) = 0 is easier (than F(x) = x)",
        ),
        Claim(
            name="5.9 %", source="001", judge=counted.bottleneck,
            quote="使用了 1x1 卷积的 bottleneck 将计算量简化为原有的 5.9%",
            translation="the bottleneck with its 1×1 convolutions reduces the computation to 5.9 % of what it was",
        ),
        Claim(
            name="each pixel alike", source="001", judge=measured.pixel_by_pixel,
            quote="对通道数进行升维和降维(跨通道信息整合),实现了多个特征图的线性组合,同时保持了原有的特征图大小",
            translation="(1×1 convolutions) raise and lower the number of channels, as a linear combination of "
            "feature maps, and keep the map's size",
        ),
        Claim(
            name="one ReLU or two", source="001", judge=counted.relus,
            quote="如果使用两个 3x3 卷积堆叠,只有一个relu,但使用1x1卷积就会有两个relu",
            translation="two stacked 3×3 convolutions have one ReLU only; with 1×1 convolutions there are two",
        ),
        Claim(
            name="three quarters unread", source="001", judge=measured.unread,
            quote="1x1 卷积和 stride=2 会导致输入特征图3/4的信息不被利用",
            translation="a 1×1 convolution with stride 2 leaves 3/4 of the input map's information unused",
        ),
        Claim(
            name="ResNet-C", source="001", judge=counted.stem_of_three,
            quote="将ResNet输入部分的7x7大卷积核换成3个3x3卷积核,可以有效减小计算量",
            translation="three 3×3 kernels in place of the 7×7 at the input effectively reduce the computation",
        ),
        Claim(
            name="add or concatenate", source="001", judge=measured.add_or_concatenate,
            quote="ResNeXt 采用一贯的 Add 方式,而 ResNeSt 则采用的 Cat 方式",
            translation="ResNeXt adds, as ever, where ResNeSt concatenates",
        ),
        Claim(
            name="ResNeSt", source="001", judge=lambda: counted.more_macs("resnest50d"), quote="没有增加额外的计算量",
            translation="(ResNeSt) adds no extra computation",
        ),
        Claim(
            name="GoogLeNet's stem", source="002", judge=counted.stem_of_googlenet,
            quote="The first two layers of ResNet are the same as those of the GoogLeNet",
        ),
        Claim(
            name="easier than GoogLeNet", source="002", judge=measured.googlenet,
            quote="ResNet is significantly easier to train than GoogLeNet because of the skip connections",
        ),
        Claim(
            name="cardinality", source="002", judge=counted.cardinality,
            quote="increasing cardinality is more effective than increasing width or depth when the computational "
            "cost is held constant",
        ),
        Claim(
            name="gradients", source="004", judge=measured.vanishing, in_parts=True,
            quote="This shortcut connection helps mitigate the vanishing gradient problem",
        ),
        Claim(
            name="64 filters", source="004", judge=counted.filters, quote="Conv Layer 2: 3 bottleneck blocks with 64 "
            "filters.",
        ),
        Claim(
            name="halve and double", source=f"{PAPER}, section 3.3", judge=counted.same_time,
            quote="if the feature map size is halved, the number of filters is doubled so as to preserve the time "
            "complexity per layer",
        ),
        Claim(
            name="blocks can go", source="Veit et al. 2016, in our words", judge=measured.lesion,
            quote="Any one block of a trained residual network can be left out with hardly any effect.",
        ),
    )
}  # fmt: skip


def list_claims() -> dict[str, Claim]:
    """Sentences about residual networks by name, each with the measurement that judges it."""
    return dict(CLAIMS)
