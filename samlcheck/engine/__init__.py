"""The library's front door: captures in, inspection out (DESIGN 1 and 3).

The command line and every other surface use nothing else. Nothing here opens files, reads clocks or prints; what a
message cannot be used for becomes a ``SamlcheckError`` in ``Inspection.problems`` and the other messages go on.
"""

from samlcheck.engine.front import decode, inspect
from samlcheck.engine.inputs import read_captures, read_sp
from samlcheck.engine.question import Question

__all__ = ["Question", "decode", "inspect", "read_captures", "read_sp"]
