"""What transactions come to, as points."""

from swarmscope import schema
from swarmscope.recording import histogram
from swarmscope.recording.cardinality import Budgets
from swarmscope.recording.points import Encoder
from swarmscope.recording.transactions import Transactions

AT = 40_000_000_007


def lines(transactions: Transactions) -> list[str]:
    return list(transactions.lines(Encoder({"run": "r", "worker": "w"}), AT))


def test_sums_and_buckets_of_each_name_are_points_once() -> None:
    transactions = Transactions(Budgets())
    transactions.add("check out", 30.0, 0.5, failed=False)
    transactions.add("check out", 10.0, 0.0, failed=True)
    transactions.abandon("check out")
    sums, latency = lines(transactions)
    assert sums == (
        "locust_transactions,name=check\\ out,run=r,worker=w count=2i,num_failures=1i,abandoned=1i,"
        f"total_time=40.0,min_time=10.0,max_time=30.0,total_wait=0.5 {AT}"
    )
    counts = {histogram.index(10.0): 1, histogram.index(30.0): 1}
    series = "locust_transaction_latency,name=check\\ out,run=r,worker=w"
    assert latency == f"{series} {histogram.encode(counts)} {AT}"
    assert lines(transactions) == []


def test_what_was_only_abandoned_has_no_time() -> None:
    transactions = Transactions(Budgets())
    transactions.abandon("checkout")
    (sums,) = lines(transactions)
    assert " count=0i,num_failures=0i,abandoned=1i " in sums


def test_more_names_than_a_store_should_have_are_counted_together() -> None:
    transactions = Transactions(Budgets())
    for number in range(schema.MAX_TRANSACTIONS + 5):
        transactions.abandon(f"checkout {number}")
    told = lines(transactions)
    assert len(told) == schema.MAX_TRANSACTIONS + 1
    assert f"name={schema.FOLDED}" in told[-1]
    assert "abandoned=5i" in told[-1]
