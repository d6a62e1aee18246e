"""The facts document (``smartpgx.facts/1``): the chart as JSON. Contract, section 2."""

from __future__ import annotations

from smartpgx.domain.chart import Chart


class FactsDocument(Chart, frozen=True, kw_only=True, tag_field="schema", tag="smartpgx.facts/1"):
    """The chart's own keys, under a schema number."""


_FIELDS = Chart.__struct_fields__


def facts_document(chart: Chart) -> FactsDocument:
    """The document of a chart; encode it with ``msgspec.json.encode``."""
    return FactsDocument(**{name: getattr(chart, name) for name in _FIELDS})
