"""IMS QTI: content packages and single items of 2.1 and 2.2, which name things camelCase, and of 3.0.

`read` understands all three: an item is first brought to the names of 2.x (`read/document.py`), so that nothing
behind it knows of versions. What an item's scoring means is found out by carrying it out (`read/processing.py`).
`write` makes packages of one version; its differences from the others are a `Dialect`.
"""

from courseapp.interop.questions.qti.read import read
from courseapp.interop.questions.qti.write import write_21, write_22, write_30

__all__ = ["read", "write_21", "write_22", "write_30"]
