"""ModelSpec: every choice that makes one residual network differ from another, as one frozen record."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Self

from resnet_core.errors import InvalidSpecError
from resnet_core.models.spec_fields import SpecFields
from resnet_core.models.spec_rules import check_spec


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec(SpecFields):
    """What a variant is. Build it with `build_model(spec)`, change it with `spec.override(...)`.

    Attributes:
        name: the name in the catalogue; free for your own nets.
        family: which group of the catalogue it belongs to.
        block: "basic" is two 3x3 convolutions; "bottleneck" is 1x1, 3x3, 1x1 with expansion 4 and
            "flat_bottleneck" the same with expansion 1 (D2L's ResNeXt block). "preact_..." puts batch norm and
            ReLU before each convolution (He et al. 2016b). "sk_bottleneck" and "split_bottleneck" have attention
            in place of the 3x3 convolution (Selective Kernel, ResNeSt).
        depths: blocks per stage, e.g. (3, 4, 6, 3) for ResNet-50.
        widths: base channels per stage; a stage puts out `width * expansion` channels.
        stem: "imagenet" is a 7x7 convolution with stride 2 and a max-pool; "deep" puts three 3x3 in place of the
            7x7 (ResNet-C), "deep_wide" with twice the channels; "half" is one 3x3 with stride 2 and no pool,
            for pictures of about 64 pixels; "cifar" is one 3x3 with stride 1 and no pool.
        shortcut: what carries x around the block where shapes differ. "projection" is the paper's
            option B, "projection_all" option C (a projection everywhere), "zero_pad" option A with the new channels
            after the old ones, "zero_pad_both" with half of them before: the paper does not say where they stand, and
            weights trained one way answer at random the other way. "pooled_projection" averages before it projects
            (ResNet-D), "bare_projection" has no batch norm (D2L, pre-activation), "detached" lets no gradient back
            (the hook blog's defect), "none" removes the shortcut and the addition: a plain network.
        stride_on: where a bottleneck downsamples. "1x1" is the paper, "3x3" torchvision ("v1.5").
        groups, width_per_group: grouped 3x3 convolution of a bottleneck (ResNeXt, Wide ResNet).
        group_width: channels of each group, where that is fixed in place of the number of groups (D2L).
        radix: splits that a split-attention block chooses between (ResNeSt).
        squeeze_excite: weigh the residual branch's channels before the addition (SE-ResNet).
        norm: "batch", or "none": then no batch norm anywhere, and convolutions have biases.
        conv_bias: keep convolution biases although batch norm makes them idle (D2L's lazy layers).
        in_channels, num_classes: of the input picture and of the logits.
        input_size: the usual (height, width) in pixels.
        source: where the variant is described.

    Raises:
        InvalidSpecError: if the fields contradict each other; the message names the field.
    """

    def __post_init__(self) -> None:
        check_spec(self)

    def override(self, **changes: Any) -> Self:
        """The same spec with some fields changed, checked again.

        Raises:
            InvalidSpecError: for a field that does not exist or a value that does not fit.
        """
        known = [f.name for f in fields(self)]
        for key in changes:
            if key not in known:
                raise InvalidSpecError(f"{key!r} is no field of a model. The fields are: {', '.join(known)}.")
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in changes.items()}
        return replace(self, **values)
