"""Small ASI files for tests, and the published ones where they are at hand."""

from __future__ import annotations

from functools import cache

from smartpgx.knowledge.asi import AsiAlgorithm, compile_algorithm
from tests.shared import SHARED

HIV = SHARED / "data" / "resistance" / "hiv"


def asi(
    *rules: str, head: str = "", default: str = "<DEFAULT_LEVEL>1</DEFAULT_LEVEL>", comments: str = "", more: str = ""
) -> bytes:
    """An ASI file with one gene, RT, one class and the drug ABC, whose rules these are."""
    return f"""<?xml version="1.0"?>{head}
    <ALGORITHM><ALGNAME>TEST</ALGNAME><ALGVERSION>1</ALGVERSION>
    <DEFINITIONS>
      <GENE_DEFINITION><NAME>RT</NAME><DRUGCLASSLIST>NRTI</DRUGCLASSLIST></GENE_DEFINITION>
      <LEVEL_DEFINITION><ORDER>1</ORDER><ORIGINAL>Susceptible</ORIGINAL><SIR>S</SIR></LEVEL_DEFINITION>
      <LEVEL_DEFINITION><ORDER>2</ORDER><ORIGINAL>Reduced</ORIGINAL><SIR>I</SIR></LEVEL_DEFINITION>
      <LEVEL_DEFINITION><ORDER>3</ORDER><ORIGINAL>Resistant</ORIGINAL><SIR>R</SIR></LEVEL_DEFINITION>
      <DRUGCLASS><NAME>NRTI</NAME><DRUGLIST>ABC</DRUGLIST></DRUGCLASS>
      <GLOBALRANGE>(-INF TO 9 =&gt; 1, 10 TO 29 =&gt; 2, 30 TO INF =&gt; 3)</GLOBALRANGE>{default}{comments}
    </DEFINITIONS>
    <DRUG><NAME>ABC</NAME><FULLNAME>abacavir</FULLNAME>{"".join(rules)}</DRUG>{more}
    </ALGORITHM>""".encode()


def scored(condition: str, ranges: str = "<USE_GLOBALRANGE/>") -> str:
    return f"<RULE><CONDITION>{_xml(condition)}</CONDITION><ACTIONS><SCORERANGE>{_xml(ranges)}</SCORERANGE></ACTIONS></RULE>"


def levelled(condition: str, level: int = 3) -> str:
    return f"<RULE><CONDITION>{_xml(condition)}</CONDITION><ACTIONS><LEVEL>{level}</LEVEL></ACTIONS></RULE>"


def _xml(text: str) -> str:
    return text.replace("=>", "=&gt;")


@cache
def published(name: str) -> AsiAlgorithm:
    return compile_algorithm((HIV / f"{name}.xml").read_bytes())
