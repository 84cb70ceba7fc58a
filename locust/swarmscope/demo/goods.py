"""The shop's goods and customers: made up by rule, so that each demo sells the same ones."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

PRODUCTS = 6_000
CATEGORIES = ("kitchen", "garden", "books", "toys", "tools", "music", "sports", "lamps")
CUSTOMERS = 200
PASSWORD = "correct-horse"  # noqa: S105  # everybody's: there is nothing to protect in a demo
HASH_ROUNDS = 20_000
"""About 10 ms of CPU for a login, as bcrypt at a low cost: a login storm has to hurt."""
STOCK = 10_000
RATINGS_EACH = 10
"""Of each product."""
RATINGS_INDEX = "ratings_by_product"

_ADJECTIVES = ("amber", "brisk", "copper", "dapper", "early", "fabled", "gentle", "hollow", "ivory")
_NOUNS = ("kettle", "ladder", "marble", "needle", "orchid", "pillow", "quartz", "ribbon", "saddle")
_PHRASES = (
    "made by hand in a small workshop near the sea",
    "packed without plastic and sent within a day",
    "tested for ten years in our own kitchen",
    "loved by children and by those who once were",
    "needs two batteries, which are not included",
    "comes with a spare part for the one that always breaks",
    "fits in a drawer when nobody is looking",
)

_SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE products (
    id INTEGER PRIMARY KEY, category TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL,
    cents INTEGER NOT NULL, stock INTEGER NOT NULL CHECK (stock >= 0), withdrawn INTEGER NOT NULL
);
CREATE INDEX products_by_category ON products (category, id);
CREATE TABLE ratings (product INTEGER NOT NULL, stars INTEGER NOT NULL);
CREATE TABLE customers (
    id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, salt BLOB NOT NULL, hash BLOB NOT NULL
);
CREATE TABLE sessions (token TEXT PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customers);
CREATE TABLE basket (
    token TEXT NOT NULL REFERENCES sessions, product INTEGER NOT NULL REFERENCES products,
    quantity INTEGER NOT NULL, PRIMARY KEY (token, product)
) WITHOUT ROWID;
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customers, cents INTEGER NOT NULL
);
CREATE TABLE order_lines (
    "order" INTEGER NOT NULL REFERENCES orders, product INTEGER NOT NULL REFERENCES products,
    quantity INTEGER NOT NULL, cents INTEGER NOT NULL
);
"""


def is_withdrawn(product: int) -> bool:
    """Tell whether *product* is listed but no longer there: the dead link every shop has."""
    return product % 61 == 0


def is_rare(product: int) -> bool:
    """Tell whether *product* has one piece left, so that the second buyer leaves with nothing."""
    return product % 7 == 0


def email(customer: int) -> str:
    """Return the address with which *customer* (from 0) logs in."""
    return f"customer{customer % CUSTOMERS}@shop.example"


def hash_password(password: str, salt: bytes) -> bytes:
    """Return the slow hash under which a password is kept."""
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, HASH_ROUNDS)


def _products() -> Iterator[tuple[int, str, str, str, int, int, bool]]:
    for i in range(1, PRODUCTS + 1):
        adjective = _ADJECTIVES[i % len(_ADJECTIVES)]
        noun = _NOUNS[i // len(_ADJECTIVES) % len(_NOUNS)]
        name = f"{adjective} {noun} no. {i}"
        description = ", ".join(_PHRASES[(i * k + k) % len(_PHRASES)] for k in range(1, 5))
        stock = 1 if is_rare(i) else STOCK
        category = CATEGORIES[i % len(CATEGORIES)]
        yield i, category, name, description, 199 + i * 37 % 9_800, stock, is_withdrawn(i)


def lose_index(path: Path, ratings: int) -> None:
    """Let there be *ratings* of products in the shop at *path*, and no index of whose they are."""
    with _opened(path) as connection:
        connection.execute(f"DROP INDEX IF EXISTS {RATINGS_INDEX}")
        _rate(connection, max(ratings, PRODUCTS * RATINGS_EACH))


def restore_index(path: Path) -> None:
    """Let there be the index again, and as many ratings as at first."""
    with _opened(path) as connection:
        _rate(connection, PRODUCTS * RATINGS_EACH)
        connection.execute(f"CREATE INDEX IF NOT EXISTS {RATINGS_INDEX} ON ratings (product)")


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=10.0)) as connection, connection:
        yield connection


def _rate(connection: sqlite3.Connection, ratings: int) -> None:
    """Add or remove some, until there are *ratings*."""
    connection.execute("DELETE FROM ratings WHERE rowid > ?", (ratings,))
    connection.execute(
        "WITH RECURSIVE number(n) AS (SELECT 1 + coalesce(max(rowid), 0) FROM ratings"
        " UNION ALL SELECT n + 1 FROM number WHERE n < ?1)"
        " INSERT INTO ratings (rowid, product, stars)"
        " SELECT n, 1 + n % ?2, 1 + n * 7 % 5 FROM number WHERE n <= ?1",
        (ratings, PRODUCTS),
    )


def build(path: Path) -> None:
    """Make the shop's database anew at *path*: full shelves, no orders."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    salt = b"the same for all, or building would take seconds"
    hashed = hash_password(PASSWORD, salt)
    with _opened(path) as connection:
        connection.executescript(_SCHEMA)
        connection.executemany("INSERT INTO products VALUES (?, ?, ?, ?, ?, ?, ?)", _products())
        connection.executemany(
            "INSERT INTO customers (email, salt, hash) VALUES (?, ?, ?)",
            ((email(i), salt, hashed) for i in range(CUSTOMERS)),
        )
    restore_index(path)
