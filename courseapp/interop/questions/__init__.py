"""Questions in the formats of others: GIFT, Aiken, Moodle XML, and IMS QTI 2.1, 2.2 and 3.0.

Every format is read into, and written from, the neutral questions of `types.py`; `authored.py` turns those into
the project's own content files and back. So a format knows nothing of our kinds, and a kind nothing of formats.
"""
