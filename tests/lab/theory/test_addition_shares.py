from statistics import median

import pytest

import resnet_core as rc
from resnet_core.inference.samples import load_sample


def test_the_share_of_the_shortcut_grows_with_training_and_is_small_where_a_block_must_work():
    """56 layers, trained: blocks 3 to 18 have 0.83 to 0.98, the last two 0.41 and 0.45; untrained the first 0.19.
    At 20 layers the last block has 0.05. Did each block share its gradient alike, none of these would differ."""
    deep, shallow = (
        rc.theory.addition_shares(name, load_sample("airplane")) for name in ("cifar_resnet56", "cifar_resnet20")
    )
    trained, fresh = ([one.identity_share for one in flow] for flow in (deep.trained, deep.fresh))
    assert len(trained) == len(fresh) == 27
    assert median(trained[2:18]) > 0.8
    assert max(trained[-2:]) < 0.65
    assert fresh[0] < 0.3
    assert shallow.trained[-1].identity_share < 1 / 3
    frame = deep.to_frame()
    assert list(frame["through the shortcut %"][:27]) == pytest.approx([100 * share for share in trained])
