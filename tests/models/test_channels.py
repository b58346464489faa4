"""timm's own layers are the oracle: all networks and walks here share one rule, so none could find it wrong."""

import pytest
import torch
from timm.layers.selective_kernel import SelectiveKernel
from timm.layers.split_attn import SplitAttn
from timm.layers.squeeze_excite import SEModule

from resnet_core.models.channels import attention_width, selective_width, squeeze_width

# A sixteenth of 176, 288, 432 and 572 is 11, 18, 27 and 35.75: the multiple of 8 below lacks more than a tenth, so
# the next one is taken. 272, 416 and 568 give 17, 26 and 35.5, which lack less.
CHANNELS = (16, 64, 176, 256, 272, 288, 416, 432, 512, 568, 572, 1024, 2048)


@pytest.mark.parametrize("channels", CHANNELS)
def test_narrow_layers_are_as_wide_as_timms(channels):
    with torch.device("meta"):
        assert squeeze_width(channels) == SEModule(channels).fc1.out_channels
        assert selective_width(channels) == SelectiveKernel(channels).attn.fc_reduce.out_channels


@pytest.mark.parametrize(("channels", "radix"), [(32, 2), (64, 1), (64, 2), (142, 1), (143, 1), (256, 2), (512, 4)])
def test_split_attention_is_as_narrow_as_timms(channels, radix):
    with torch.device("meta"):
        assert attention_width(channels, radix) == SplitAttn(channels, radix=radix).fc1.out_channels


def test_rounding_down_never_takes_a_tenth_except_from_squeeze_and_excitation():
    assert [selective_width(channels) for channels in (272, 288)] == [16, 24]
    assert [attention_width(channels, radix=1) for channels in (142, 143)] == [32, 40]
    assert [squeeze_width(channels) for channels in (272, 288)] == [16, 16]
