import pytest

from resnet_core.lab.theory.sensitivity import sensitivity


def test_equal_outputs_have_equal_gradients_so_the_residual_layer_is_no_more_sensitive():
    plain, residual, from_zero, residual_from_zero, from_one, *_ = sensitivity().descents
    assert plain.first_gradient == pytest.approx(residual.first_gradient)
    assert plain.outputs == pytest.approx(residual.outputs)
    assert from_one.outputs == pytest.approx(residual_from_zero.outputs)  # step by step
    assert from_zero.outputs[0] == 0


def test_what_is_right_in_it_is_where_the_weight_begins_and_where_decay_pulls_it():
    *_, plain, residual = sensitivity().descents
    assert plain.outputs[-1] == pytest.approx(5.08, abs=0.005)
    assert residual.outputs[-1] == pytest.approx(5.10, abs=0.005)
    first = [abs(one.outputs[0] - 5.1) for one in (plain, residual)]
    assert first == pytest.approx([5.1, 0.1])
    assert len(sensitivity().to_frame()) == 7
