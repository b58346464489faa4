"""Networks of other people: several inputs, dictionaries, nested tuples, reused blocks, attention, odd attributes."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest
import torch
import torchvision
from torch import nn

from resnet_core.anatomy.tables.tables import layer_table, stage_table
from resnet_core.anatomy.trace.inputs import call_of, named_tensors
from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.errors import InvalidSpecError

TOKENS = torch.tensor([[1, 2, 3, 4, 5]])


class Captioned(nn.Module):
    """A picture, and words or numbers about it."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU())
        self.words, self.table, self.head = nn.Embedding(10, 8), nn.Linear(4, 8), nn.Linear(8, 2)

    def forward(self, image, tokens=None, *, table=None):
        seen = self.layers(image).mean((2, 3))
        read = self.words(tokens).mean(1) if tokens is not None else self.table(table)
        return {"logits": self.head(seen + read), "parts": (seen, [read])}


CAPTIONED = {"logits": (1, 2), "parts.0": (1, 8), "parts.1.0": (1, 8)}


def paths(trace):
    return [call.part_path for call in trace.calls if call.called]


@pytest.mark.parametrize(
    "inputs",
    [
        {"image": torch.zeros(1, 3, 6, 6), "tokens": TOKENS},
        (torch.zeros(1, 3, 6, 6), TOKENS),
    ],
)
def test_tensors_of_your_own_go_in_by_name_or_in_order(inputs):
    trace = trace_model(Captioned(), inputs=inputs)
    assert paths(trace) == ["layers.0", "layers.1", "words", "Captioned.add", "head"]
    assert trace.input_shapes == {"image": (1, 3, 6, 6), "tokens": (1, 5)}
    assert trace.input_shape == (1, 3, 6, 6)
    assert trace.output_shapes == CAPTIONED
    assert trace.total_macs == 27 * 8 * 36 + 8 * 2


@pytest.mark.parametrize(
    ("config", "size"),
    [
        ({"input_size": (3, 64, 48)}, (1, 3, 64, 48)),
        (SimpleNamespace(input_size=(3, 96, 96)), (1, 3, 96, 96)),  # newer ones of timm have a data class
        ({"input_size": None}, (1, 3, 224, 224)),
        ({}, (1, 3, 224, 224)),
        (None, (1, 3, 224, 224)),
        ({"input_size": "64"}, (1, 3, 224, 224)),
    ],
)
def test_without_a_size_a_module_is_given_the_one_that_it_names_itself(config, size):
    net = nn.Sequential(nn.Conv2d(3, 4, 3, stride=8))
    net.pretrained_cfg = config
    assert trace_model(net).input_shape == size
    assert trace_model(net, (1, 3, 32, 32)).input_shape == (1, 3, 32, 32)


def test_several_sizes_go_in_by_name():
    trace = trace_model(Captioned(), {"image": (1, 3, 6, 6), "table": (1, 4)})
    assert paths(trace) == ["layers.0", "layers.1", "table", "Captioned.add", "head"]
    assert trace.input_shapes == {"image": (1, 3, 6, 6), "table": (1, 4)}
    assert trace.output_shapes == CAPTIONED


@pytest.mark.parametrize("sizes", [[(1, 3, 6, 6), (1, 5)], ((1, 3, 6, 6), (1, 5))])
def test_several_sizes_go_in_in_order(sizes):
    class Sum(nn.Module):
        def __init__(self):
            super().__init__()
            self.left, self.right = nn.Flatten(), nn.Linear(5, 2)

        def forward(self, left, right):
            return self.left(left).sum() + self.right(right)

    trace = trace_model(Sum(), sizes)
    assert trace.input_shapes == {"left": (1, 3, 6, 6), "right": (1, 5)}
    assert trace.output_shapes == {"": (1, 2)}


def test_one_size_of_a_list_is_one_input():
    assert trace_model(nn.Flatten(), [1, 3, 6, 6]).output_shapes == {"": (1, 108)}


def test_kept_outputs_of_several_inputs_are_the_same_each_time():
    net, sizes = Captioned(), {"image": (1, 3, 6, 6), "table": (1, 4)}
    first, second = (trace_model(net, sizes, keep_outputs=True).outputs["head"] for _ in range(2))
    assert torch.equal(first, second)


def test_what_goes_in_is_copied_to_where_the_network_is():
    picture = torch.ones(1, 3, 6, 6)
    trace_model(nn.Threshold(5.0, 0.0, inplace=True), inputs=picture)
    assert picture.sum() == 108
    with torch.device("meta"):
        captioned = Captioned()
    assert trace_model(captioned, inputs=(picture, TOKENS)).output_shapes == CAPTIONED


def test_a_network_in_half_precision_is_given_halves():
    assert call_of(nn.Linear(2, 2).half(), (1, 2)).args[0].dtype == torch.float16
    assert trace_model(nn.Conv2d(3, 4, 3).bfloat16(), (1, 3, 5, 5)).output_shapes == {"": (1, 4, 3, 3)}


class Detector(nn.Module):
    """As torchvision's detectors: a list of pictures in, a list of dictionaries out."""

    def __init__(self):
        super().__init__()
        self.body = nn.Conv2d(3, 4, 3)

    def forward(self, pictures, targets=None):
        return [{"boxes": self.body(picture[None]).flatten(2)[0]} for picture in pictures]


@pytest.mark.parametrize("inputs", [[torch.zeros(3, 5, 5)] * 2, ([torch.zeros(3, 5, 5)] * 2,)])
def test_a_list_is_one_argument(inputs):
    trace = trace_model(Detector(), inputs=inputs)
    assert paths(trace) == ["body", "body"]
    assert [call.params for call in trace.calls] == [112, 0]
    assert trace.input_shapes == {"pictures.0": (3, 5, 5), "pictures.1": (3, 5, 5)}
    assert trace.output_shapes == {"0.boxes": (4, 9), "1.boxes": (4, 9)}


def test_a_segmentation_network_gives_back_a_dictionary():
    with torch.device("meta"):
        net = torchvision.models.segmentation.fcn_resnet50(weights=None, weights_backbone=None, aux_loss=True)
    trace = trace_model(net, (1, 3, 65, 65))
    assert trace.output_shapes == {"out": (1, 21, 65, 65), "aux": (1, 21, 65, 65)}
    assert sum(call.params for call in trace.calls) == trace.total_params == 35_322_218
    assert {call.stage for call in trace.calls} == {"backbone", "classifier", "aux_classifier"}


def test_a_block_that_stands_in_two_places_counts_its_parameters_once():
    block = nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.ReLU())
    trace = trace_model(nn.Sequential(block, nn.MaxPool2d(2), block), (1, 3, 8, 8))
    assert [(call.path, call.params, call.output_shape[-1]) for call in trace.calls] == [
        ("0.0", 84, 8), ("0.1", 0, 8), ("1", 0, 4), ("0.0", 0, 4), ("0.1", 0, 4),
    ]  # fmt: skip
    assert trace.total_params == 84
    assert len(layer_table(trace)) == 5


class Speaking(nn.Module):
    """Leaves that take keywords and give back dictionaries and tuples, and one that is given no tensor."""

    class Split(nn.Module):
        def forward(self, *, picture):
            return {"left": picture[..., :4], "rest": (picture[..., 4:], None)}

    class Join(nn.Module):
        def forward(self, parts):
            return [parts["left"], parts["rest"][0]]

    class Constant(nn.Module):
        def forward(self):
            return 3

    def __init__(self):
        super().__init__()
        self.split, self.join, self.constant = self.Split(), self.Join(), self.Constant()

    def forward(self, x):
        return self.join(self.split(picture=x))[0] * self.constant()


def test_layers_may_take_keywords_and_give_back_dictionaries_and_tuples():
    calls = trace_model(Speaking(), (1, 3, 6, 6)).calls
    assert [(call.path, call.input_shape, call.output_shape) for call in calls] == [
        ("split", (1, 3, 6, 6), (1, 3, 6, 4)), ("join", (1, 3, 6, 4), (1, 3, 6, 4)), ("constant", (), ()),
    ]  # fmt: skip


def test_attention_is_a_row_although_it_calls_nothing_inside():
    with torch.device("meta"):
        net = torchvision.models.vit_b_16()
    trace = trace_model(net)
    attention = [call for call in trace.calls if call.kind == "MultiheadAttention"]
    assert [call.params for call in attention] == [4 * 768 * 769] * 12
    assert sum(call.params for call in trace.calls) == trace.total_params == 86_567_656


def test_numbers_that_a_part_holds_itself_are_a_row_after_its_layers():
    with torch.device("meta"):
        net = torchvision.models.convnext_tiny()
    trace = trace_model(net, (1, 3, 32, 32))
    blocks = [call for call in trace.calls if call.kind == "CNBlock"]
    assert len(blocks) == sum((3, 3, 9, 3))
    assert blocks[0].params == 96  # its layer_scale
    within = [call.index for call in trace.calls if call.part_path.startswith(f"{blocks[0].path}.")]
    assert blocks[0].index == 1 + max(within)
    assert sum(call.params for call in trace.calls) == trace.total_params


def test_numbers_of_parts_that_are_not_called_stand_in_rows_of_their_own():
    class Trained(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale, self.body = nn.Parameter(torch.ones(3, 1, 1)), nn.Conv2d(3, 3, 1)
            self.only_in_training = nn.Linear(4, 4)

        def forward(self, x):
            return self.scale * self.body(x)

    trace = trace_model(Trained(), (1, 3, 4, 4))
    assert [(call.path, call.params) for call in trace.calls] == [
        ("body", 12),
        ("Trained", 3),
        ("only_in_training", 20),
    ]
    assert trace.calls[-1].kind == "Linear (not called)"
    assert layer_table(trace).params.sum() == trace.total_params
    assert stage_table(trace).set_index("stage").params["not called"] == 20
    assert trace.total_params == 12 + 3 + 20


def test_a_network_without_parts_is_its_own_row():
    (call,) = trace_model(nn.Conv2d(3, 8, 3), (1, 3, 5, 5)).calls
    assert (call.path, call.stage, call.params) == ("Conv2d", "Conv2d", 224)


class Odd(nn.Module):
    """Attributes named as those of a convolution, which are something else; stages named like ours."""

    class Parts(nn.Module):
        kernel_size, groups = "large", None

        def forward(self, x):
            return x.sum()

    def __init__(self):
        super().__init__()
        self.layers, self.layernorm, self.layer = nn.ReLU(), nn.LayerNorm(4), self.Parts()

    def forward(self, x):
        return self.layer(self.layernorm(self.layers(x)))


def test_names_that_look_like_ours_do_no_harm():
    trace = trace_model(Odd(), (2, 4))
    assert list(layer_table(trace)["stage"]) == ["layers", "layernorm", "layer"]
    assert list(stage_table(trace)["stage"]) == ["layers", "layernorm", "layer", "total"]


@dataclass
class Answer:
    logits: torch.Tensor
    hidden: tuple


def test_tensors_are_found_in_data_classes_and_named_by_their_way():
    answer = Answer(torch.zeros(2), (torch.zeros(3), {"deep": [None, torch.zeros(4)], "word": "no"}))
    found = {name: tensor.numel() for name, tensor in named_tensors(answer)}
    assert found == {"logits": 2, "hidden.0": 3, "hidden.1.deep.1": 4}


@pytest.mark.parametrize(
    "size", [(1, 3, 0, 8), (1, 3, 8.0, 8), "8", (), {"image": 8}, [(1, 3, 8, 8), ()], (True, 3, 8, 8)]
)
def test_sizes_that_are_none_are_answered_with_an_example(size):
    with pytest.raises(InvalidSpecError, match=r"^input_size=.*for example \(1, 3, 224, 224\).*inputs="):
        call_of(nn.ReLU(), size)


def test_arguments_that_forward_does_not_take_are_answered_with_those_that_it_does():
    says = r"Captioned\.forward takes \(image, tokens, table\).*missing.*'image'.*input_size=\{'image': \(\.\.\.\)\}"
    with pytest.raises(InvalidSpecError, match=says):
        trace_model(Captioned(), {"table": (1, 4)})


@pytest.mark.parametrize(("net", "size"), [(nn.ReLU(), (1, 2)), ("resnet18", None)])
def test_tensors_and_sizes_are_not_both_taken(net, size):
    with pytest.raises(InvalidSpecError, match="one of the two"):
        trace_model(net, size, inputs=torch.zeros(1, 2))


def test_a_lazy_layer_is_not_given_its_shape_behind_your_back():
    net = nn.Sequential(nn.LazyConv2d(4, 3))
    with pytest.raises(InvalidSpecError, match=r"0\.weight of Sequential has no shape yet.*run one batch"):
        trace_model(net, (1, 3, 8, 8))
    assert nn.parameter.is_lazy(net[0].weight)


def test_a_size_that_no_memory_holds_is_a_sentence():
    """Networks without parameters run on real zeros."""
    with pytest.raises(InvalidSpecError, match=r"10,000,000,000,000 numbers, and at most 1,073,741,824 are made"):
        trace_model(nn.Identity(), (1, 10_000, 1_000_000_000))
