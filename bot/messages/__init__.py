"""Every sentence that a person reads, by where it is read. Neutral; adapters only render.

`words` names days and moments, `thread` is what is posted, `answers` replies to `/papers`, `search` and
`hits` to `/papers search`, `reasons` says why something did not happen.
"""
