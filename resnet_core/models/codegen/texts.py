"""The parts of the generated code that are the same for every network, or nearly so.

$name stands for a choice of the spec, $norm(channels) for its batch norm or for nothing.
"""

from __future__ import annotations

ADD = '''\
class ShortcutAdd(nn.Module):
    """y = F(x) + shortcut(x), as a module, so that a hook sees it."""

    def forward(self, residual, shortcut):
        return residual + shortcut
'''
ZERO_PAD = '''\
class ZeroPadShortcut(nn.Module):
    """Keep every stride-th pixel and add channels of zeros."""

    def __init__(self, in_channels, out_channels, stride):
        super().__init__()
        self.new_channels, self.kernel_size, self.stride = out_channels - in_channels, 1, stride

    def forward(self, x):
        sampled = x[:, :, :: self.stride, :: self.stride]
        return F.pad(sampled, (0, 0, 0, 0, $before, $after))
'''
SQUEEZE = '''\
class ChannelScale(nn.Module):
    """Each channel times its weight."""

    def forward(self, x, weights):
        return x * weights


class SqueezeExcite(nn.Module):
    """Weigh each channel by a number between 0 and 1."""

    def __init__(self, channels, narrow):
        super().__init__()
        self.squeeze = nn.AdaptiveAvgPool2d((1, 1))
        self.fc1 = nn.Conv2d(channels, narrow, 1)
        self.relu = nn.ReLU()
        self.fc2 = nn.Conv2d(narrow, channels, 1)
        self.gate = nn.Sigmoid()
        self.scale = ChannelScale()

    def forward(self, x):
        return self.scale(x, self.gate(self.fc2(self.relu(self.fc1(self.squeeze(x))))))
'''
DETACH = '''\
class Detach(nn.Module):
    """x forwards, nothing backwards."""

    def forward(self, x):
        return x.detach()
'''
BUILD = '''\
def build():
    """The network, with He-initialised weights."""
    layers = [
$stem
    ]
    channels = $stem_channels
    for number, (depth, width, out_channels, groups, stride) in enumerate(STAGES, start=1):
        blocks = OrderedDict()
        for index in range(depth):
            blocks[str(index)] = Block(channels, width, out_channels, groups, stride if index == 0 else 1)
            channels = out_channels
$ending        layers.append((f"layer{number}", nn.Sequential(blocks)))
    layers += [
        ("avgpool", nn.AdaptiveAvgPool2d((1, 1))),
        ("flatten", nn.Flatten()),
        ("fc", nn.Linear(channels, $num_classes)),
    ]
    model = nn.Sequential(OrderedDict(layers))
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return model


if __name__ == "__main__":
    model = build().eval()
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters")
    print(tuple(model(torch.zeros(1, $in_channels, $height, $width)).shape))
'''
PREACT_ENDING = """\
        if number == len(STAGES):
            blocks["bn"], blocks["relu"] = $norm(channels), nn.ReLU()
"""
