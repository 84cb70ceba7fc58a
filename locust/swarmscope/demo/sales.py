"""What the shop does with its database: each function is one job for the pool."""

import secrets
import sqlite3
import time
from hmac import compare_digest
from typing import Any

from swarmscope.demo.goods import hash_password

PAGE = 20
ROUND_TRIP = 0.022
"""Seconds that a statement travels: a shop's database is a network away.

Without it the pool would be limited by the very cores that the load generator needs, and a demo
on a small machine would measure itself.
"""

Row = dict[str, Any]


class RefusedError(Exception):
    """The shop says no, with an HTTP status and a reason."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        self.message = message
        super().__init__(message)


def _query(connection: sqlite3.Connection, sql: str, *values: object) -> list[Row]:
    time.sleep(ROUND_TRIP)
    return _rows(connection, sql, *values)


def _rows(connection: sqlite3.Connection, sql: str, *values: object) -> list[Row]:
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def browse(connection: sqlite3.Connection, category: str, page: int) -> list[Row]:
    """Return page *page* (from 1) of a category."""
    return _query(
        connection,
        "SELECT id, name, cents FROM products WHERE category = ? ORDER BY id LIMIT ? OFFSET ?",
        category,
        PAGE,
        (page - 1) * PAGE,
    )


def search(connection: sqlite3.Connection, words: str) -> list[Row]:
    """Return products with each of *words* somewhere in their text.

    A scan of the whole table, as in many a shop before somebody measured it.
    """
    patterns = [f"%{word}%" for word in words.split()[:5]]
    if not patterns:
        raise RefusedError(400, "no_words", "Say what to search for: /search?q=kettle")
    condition = " AND ".join(["name || ' ' || description LIKE ?"] * len(patterns))
    return _query(
        connection,
        # Only placeholders are put together here; the words travel as values.
        f"SELECT id, name, cents FROM products WHERE {condition} ORDER BY cents LIMIT ?",  # noqa: S608
        *patterns,
        PAGE,
    )


PRODUCT = (
    "SELECT products.*, (SELECT round(avg(stars), 1) FROM ratings WHERE product = ?1) AS stars"
    " FROM products WHERE id = ?1 AND NOT withdrawn"
)
"""A product's page, with what customers think of it."""


def product(connection: sqlite3.Connection, number: int) -> Row:
    """Return one product, or refuse when it isn't sold (any more)."""
    found = _query(connection, PRODUCT, number)
    if not found:
        raise RefusedError(404, "no_such_product", "This product is no longer sold.")
    return found[0]


def log_in(connection: sqlite3.Connection, email: str, password: str) -> str:
    """Return a new session's token."""
    found = _query(connection, "SELECT id, salt, hash FROM customers WHERE email = ?", email)
    known = found and compare_digest(hash_password(password, found[0]["salt"]), found[0]["hash"])
    if not known:
        raise RefusedError(401, "wrong_login", "The address or the password is wrong.")
    token = secrets.token_urlsafe(16)
    _query(connection, "INSERT INTO sessions VALUES (?, ?)", token, found[0]["id"])
    return token


def log_out(connection: sqlite3.Connection, token: str) -> None:
    """End the session of *token*, and put back what lies in its basket."""
    empty_basket(connection, token)
    connection.execute("DELETE FROM sessions WHERE token = ?", (token,))


def _customer(connection: sqlite3.Connection, token: str) -> int:
    found = _query(connection, "SELECT customer FROM sessions WHERE token = ?", token)
    if not found:
        raise RefusedError(401, "not_logged_in", "Log in first, and send the token you get.")
    return int(found[0]["customer"])


def put_in_basket(
    connection: sqlite3.Connection, token: str, number: int, quantity: int
) -> list[Row]:
    """Add *quantity* pieces of product *number* to the basket, and return the basket."""
    if quantity < 1:
        raise RefusedError(400, "bad_quantity", "The quantity must be 1 or more.")
    _customer(connection, token)
    product(connection, number)
    connection.execute(
        "INSERT INTO basket VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity",
        (token, number, quantity),
    )
    return _basket(connection, token)


def show_basket(connection: sqlite3.Connection, token: str) -> list[Row]:
    """Return what lies in the basket."""
    _customer(connection, token)
    return _basket(connection, token)


def _basket(connection: sqlite3.Connection, token: str) -> list[Row]:
    return _query(
        connection,
        "SELECT product, quantity, name, cents * quantity AS cents"
        " FROM basket JOIN products ON id = product WHERE token = ? ORDER BY product",
        token,
    )


def empty_basket(connection: sqlite3.Connection, token: str) -> None:
    """Put everything back."""
    _customer(connection, token)
    connection.execute("DELETE FROM basket WHERE token = ?", (token,))


def look_over(connection: sqlite3.Connection, token: str) -> int:
    """Return whose basket it is, or refuse when it can't be ordered: before anything is paid."""
    customer = _customer(connection, token)
    _check(_query(connection, _WANTED, token))
    return customer


def place_order(connection: sqlite3.Connection, token: str, customer: int) -> Row:
    """Turn the basket into an order: all of it, or nothing when one thing is out of stock."""
    time.sleep(ROUND_TRIP)  # before the transaction: one writer at a time holds the lock
    connection.execute("BEGIN IMMEDIATE")
    try:
        order = _order(connection, token, customer)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return order


_WANTED = (
    "SELECT product, quantity, cents, stock, name FROM basket JOIN products ON id = product"
    " WHERE token = ?"
)


def _check(lines: list[Row]) -> None:
    if not lines:
        raise RefusedError(400, "empty_basket", "The basket is empty.")
    for line in lines:
        if line["quantity"] > line["stock"]:
            text = "{name}: {stock} left, {quantity} wanted.".format_map(line)
            raise RefusedError(409, "out_of_stock", text)


def _order(connection: sqlite3.Connection, token: str, customer: int) -> Row:
    # Once more, within the transaction: somebody may have been quicker to pay.
    lines = _rows(connection, _WANTED, token)
    _check(lines)
    total = sum(line["quantity"] * line["cents"] for line in lines)
    order = connection.execute(
        "INSERT INTO orders (customer, cents) VALUES (?, ?)", (customer, total)
    ).lastrowid
    connection.executemany(
        "INSERT INTO order_lines VALUES (:order, :product, :quantity, :cents)",
        [{**line, "order": order} for line in lines],
    )
    connection.executemany(
        "UPDATE products SET stock = stock - :quantity WHERE id = :product", lines
    )
    connection.execute("DELETE FROM basket WHERE token = ?", (token,))
    return {"order": order, "cents": total, "lines": len(lines)}
