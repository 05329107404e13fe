"""Events on their way in: from a client's request to a row that questions can see.

`receive` takes the request, `spool` makes it durable before the client gets its 200, `wire` reads
its format, `pipeline` is the list of steps each event walks, `loader` writes them to the store.
"""
