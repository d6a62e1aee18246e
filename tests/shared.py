"""Where the folder of source files is, when it stands beside the checkout. The product does not need it; some tests do."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("SMARTPGX_SHARED", ROOT.parent / "shared"))

needs_shared = pytest.mark.skipif(
    not (SHARED / "data").is_dir(), reason="LEFT OUT: no folder of source files beside the checkout"
)
