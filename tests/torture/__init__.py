"""The crash test: real processes of the bot, killed again and again, between real databases and strict fakes.

`python -m tests.torture --seed 7 --kills 200` runs it all; `make torture ARGS="…"` does the same.

    __main__.py     the command line, the table, the last line
    scenarios.py    what goes wrong, when, and what is killed: decided by the seed
    stage.py        one scenario's world: a database, two platforms, the bot's processes
    plan.py         who subscribes to what, and what they must have got in the end
    verdict.py      compares that with what stands on the platforms
    worker.py       a process of the bot
    borders.py      the named points at which it kills itself
    platforms.py    the fakes as processes of their own
    databases.py    SQLite in a file, PostgreSQL on a server, a PostgreSQL that is stopped and started
    sky.py          the time that all of them share
"""
