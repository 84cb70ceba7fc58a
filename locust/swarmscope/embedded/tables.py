"""The store's tables: long rows, because a new field must cost nothing.

One wide table with a column for each field took 1.2 s for a second of data, long rows 12 ms.
Series and fields are numbered: rows stay narrow, and queries compare integers.
"""

FORMAT = 1
"""Version of the tables; a file of another version is refused, not guessed at."""

TAG_COLUMNS = ("run", "worker", "name", "method", "host", "role")
POINT_KEY = ("series", "time", "field")
"""The columns of `points` that identify a row."""

_SAMPLES = """
SELECT
    series.id AS series,
    series.bucket,
    series.measurement,
    series.tags,
    series.run,
    series.worker,
    series.name,
    series.method,
    series.host,
    series.role,
    fields.name AS field,
    fields.bound,
    points.time,
    coalesce(points.f, points.i, points.u) AS number,
    points.i AS whole,
    points.s AS text,
    points.b AS flag
FROM points
JOIN series ON series.id = points.series
JOIN fields ON fields.id = points.field
"""
CREATE = (
    "CREATE TABLE IF NOT EXISTS store_format (version INTEGER NOT NULL)",
    f"""
    INSERT INTO store_format SELECT {FORMAT} WHERE NOT EXISTS (FROM store_format)
    """,
    # Tags that the catalogue asks for stand in columns beside the map, empty where absent: taking
    # them out of the map for each of millions of rows made a query six times as slow.
    f"""
    CREATE TABLE IF NOT EXISTS series (
        id INTEGER NOT NULL,
        bucket VARCHAR NOT NULL,
        measurement VARCHAR NOT NULL,
        tags MAP(VARCHAR, VARCHAR) NOT NULL,
        {", ".join(f"{tag} VARCHAR NOT NULL" for tag in TAG_COLUMNS)}
    )
    """,
    # `bound` is the field's name as a number: of a histogram, the bucket's upper bound.
    """
    CREATE TABLE IF NOT EXISTS fields (
        id INTEGER NOT NULL,
        bucket VARCHAR NOT NULL,
        measurement VARCHAR NOT NULL,
        name VARCHAR NOT NULL,
        type VARCHAR NOT NULL,
        bound DOUBLE
    )
    """,
    # No primary key: its index would double the cost of a write, and the writer already knows
    # which points are new.
    """
    CREATE TABLE IF NOT EXISTS points (
        series INTEGER NOT NULL,
        time BIGINT NOT NULL,
        field INTEGER NOT NULL,
        f DOUBLE,
        i BIGINT,
        u UBIGINT,
        b BOOLEAN,
        s VARCHAR
    )
    """,
    f"CREATE OR REPLACE VIEW samples AS {_SAMPLES}",
)
READ = f"CREATE TEMP VIEW samples AS {_SAMPLES}"
"""What a reader of a file does first: the view in there may be somebody else's, and have no end."""
