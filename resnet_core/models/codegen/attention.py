"""Split attention and selective kernels as text for the generated code; $name and $norm(...) as in codegen_texts."""

from __future__ import annotations

SPLITS = '''\
def split_channels(x, radix):
    return x.reshape(len(x), radix, -1, *x.shape[2:])


class SplitSum(nn.Module):
    """The splits added up."""

    def __init__(self, radix):
        super().__init__()
        self.radix = radix

    def forward(self, x):
        return split_channels(x, self.radix).sum(dim=1)


class SplitSoftmax(nn.Module):
    """Weights that add up to 1 over the splits, for each channel."""

    def __init__(self, radix, groups=1):
        super().__init__()
        self.radix, self.cardinality = radix, groups

    def forward(self, x):
        by_group = x.reshape(len(x), self.cardinality, self.radix, -1)
        return by_group.transpose(1, 2).softmax(dim=1).reshape(x.shape)


class WeightedSum(nn.Module):
    """The splits added up by their weights."""

    def __init__(self, radix):
        super().__init__()
        self.radix = radix

    def forward(self, x, weights):
        return split_channels(x * weights, self.radix).sum(dim=1)
'''
SPLIT_ATTENTION = '''\
class SplitAttention(nn.Module):
    """A 3x3 convolution in $radix splits, weighed against each other."""

    def __init__(self, channels, groups, narrow):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels * $radix, 3, padding=1, groups=groups * $radix, bias=$bias)
        self.bn0 = $norm(channels * $radix)
        self.relu0 = nn.ReLU()
        self.sum = SplitSum($radix)
        self.squeeze = nn.AdaptiveAvgPool2d((1, 1))
        self.fc1 = nn.Conv2d(channels, narrow, 1, groups=groups)
        self.bn1 = $norm(narrow)
        self.relu1 = nn.ReLU()
        self.fc2 = nn.Conv2d(narrow, channels * $radix, 1, groups=groups)
        self.choose = $choose
        self.weigh = WeightedSum($radix)

    def forward(self, x):
        splits = self.relu0(self.bn0(self.conv(x)))
        out = self.relu1(self.bn1(self.fc1(self.squeeze(self.sum(splits)))))
        return self.weigh(splits, self.choose(self.fc2(out)))
'''
SELECTIVE_KERNEL = '''\
class ConvNorm(nn.Module):
    """A 1x1 convolution and its norm."""

    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 1, bias=$bias)
        self.bn = $norm(out_channels)

    def forward(self, x):
        return self.bn(self.conv(x))


class ChannelSlice(nn.Module):
    """Channels `start` to `stop`."""

    def __init__(self, start, stop):
        super().__init__()
        self.start, self.stop = start, stop

    def forward(self, x):
        return x[:, self.start : self.stop]


class Concatenate(nn.Module):
    """Two maps, one after the other in the channels."""

    def forward(self, first, second):
        return torch.cat((first, second), dim=1)


class KernelPath(nn.Module):
    """One path: half the channels in, a 3x3 convolution of its own reach, all channels out."""

    def __init__(self, channels, groups, stride, number):
        super().__init__()
        half, reach = channels // 2, number + 1
        self.slice = ChannelSlice(number * half, (number + 1) * half)
        self.conv = nn.Conv2d(half, channels, 3, stride, reach, reach, groups, bias=$bias)
        self.bn = $norm(channels)
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(self.bn(self.conv(self.slice(x))))


class KernelChoice(nn.Module):
    """How much of each path to take, for each channel."""

    def __init__(self, channels, narrow):
        super().__init__()
        self.sum = SplitSum(2)
        self.squeeze = nn.AdaptiveAvgPool2d((1, 1))
        self.fc_reduce = nn.Conv2d(channels, narrow, 1, bias=$bias)
        self.bn = $norm(narrow)
        self.relu = nn.ReLU()
        self.fc_select = nn.Conv2d(narrow, channels * 2, 1, bias=$bias)
        self.choose = SplitSoftmax(2)

    def forward(self, paths):
        out = self.relu(self.bn(self.fc_reduce(self.squeeze(self.sum(paths)))))
        return self.choose(self.fc_select(out))


class SelectiveKernel(nn.Module):
    """Two 3x3 convolutions of different reach, weighed against each other."""

    def __init__(self, channels, groups, stride, narrow):
        super().__init__()
        self.paths = nn.ModuleList([KernelPath(channels, groups, stride, number) for number in (0, 1)])
        self.join = Concatenate()
        self.attn = KernelChoice(channels, narrow)
        self.weigh = WeightedSum(2)

    def forward(self, x):
        paths = self.join(*(path(x) for path in self.paths))
        return self.weigh(paths, self.attn(paths))
'''
