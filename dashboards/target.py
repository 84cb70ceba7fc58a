"""Where a panel's Flux goes: the data source, and a query to it."""

from grafana_foundation_sdk.cog import builder, variants
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard
from grafana_foundation_sdk.models.common import DataSourceRef

from dashboards import config


def source() -> DataSourceRef:
    """Return a reference to the one data source."""
    return DataSourceRef(type_val="influxdb", uid=config.DATA_SOURCE)


def asks(panel: builder.Builder[dashboard.Panel], words: str) -> bool:
    """Whether any query of *panel* has these *words* in it."""
    return words in JSONEncoder().encode(panel.build())


class _Query(variants.Dataquery):
    def __init__(self, flux: str, ref_id: str) -> None:
        self._flux = flux
        self._ref_id = ref_id

    def to_json(self) -> dict[str, object]:
        return {"datasource": source(), "query": self._flux, "refId": self._ref_id}


class Target(builder.Builder[variants.Dataquery]):
    """One query of a panel; the SDK has none for InfluxDB."""

    def __init__(self, flux: str, ref_id: str = "A") -> None:
        self._query = _Query(flux, ref_id)

    def build(self) -> variants.Dataquery:
        """Return the query."""
        return self._query
