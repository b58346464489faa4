from types import SimpleNamespace

from resnet_core.weights.cancellation import Cancellation
from tests.interleaving import Gate, WatchedLock, one_within_the_other


def test_a_connection_is_not_closed_while_it_is_hung_up():
    """Once closed, its number may be another connection's, which would be hung up instead."""
    log, gate, wish = [], Gate(), Cancellation()
    lock = wish._lock = WatchedLock()

    def shutdown(_):
        gate.pass_by()
        log.append("hung up")

    hearing = wish.hearing(SimpleNamespace(isclosed=lambda: True))  # a response without a connection of its own
    hearing.__enter__()
    wish._connection = SimpleNamespace(shutdown=shutdown, close=lambda: log.append("closed"))
    one_within_the_other(gate, lock, wish.cancel, lambda: hearing.__exit__(None, None, None))
    assert log == ["hung up", "closed"]
