"""SVG: whether Typst draws it, tried where it can do no harm."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

from flask_babel import lazy_gettext as _l

from courseapp.credentials.artwork.common import (
    Unusable,
)

# A drawing can end the whole program that Typst runs in (it aborts), so it is tried in another one. There it
# is set as certificates are (typesetting/setter.py): as a PDF for archives, and as a picture. Such a PDF must
# not be nested deeply: there are some boxes around the drawing, so that around a real one there may be some.
_TRIAL: Final = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_CPU, (3, 3))
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
import typst
drawing = sys.stdin.buffer.read().decode()
document = b'''
#set document(title: "Trial")
#set page(width: 297mm, height: 210mm)
#let picture(..size) = {
  let drawn = image(
    bytes(sys.inputs.drawing), format: "svg", alt: "Logo", fit: "contain", ..size,
  )
  for level in range(6) { drawn = box(clip: true, drawn) }
  drawn
}
#picture(height: 18mm, width: 80mm)
#picture(height: 9mm, width: 80mm)
#picture(width: 150mm)
'''
compiler = typst.Compiler(ignore_system_fonts=True)
inputs = {"drawing": drawing}
try:
    compiler.compile(document, format="pdf", sys_inputs=inputs, pdf_standards=["a-3a", "ua-1"])
    compiler.compile(document, format="png", sys_inputs=inputs, ppi=96)
except BaseException:
    os._exit(3)
"""
_NOT_DRAWN: Final = 3
_MOST_SECONDS: Final = 15


def check_that_it_can_be_drawn(content: bytes) -> None:
    """Try a drawing in a program of its own, with little time and memory; raises Unusable."""
    try:
        # The program is a constant, and what it reads is no part of it.
        trial = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-c", _TRIAL],
            input=content,
            capture_output=True,
            check=False,
            timeout=_MOST_SECONDS,
            # What ends it by a panic ends sooner without a trace; of our own settings it needs none.
            env={"RUST_BACKTRACE": "0"},
        )
        status = trial.returncode
    except subprocess.TimeoutExpired:
        status = _NOT_DRAWN
    if status == 0:
        return
    if status == _NOT_DRAWN or status < 0:  # below 0: ended by a signal
        raise Unusable(
            _l("This drawing cannot be printed, or takes too long. Simplify it, or send a PNG.")
        )
    raise RuntimeError(f"no drawing can be tried: {trial.stderr.decode(errors='replace')}")
