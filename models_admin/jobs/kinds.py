"""The kinds of jobs that models have. They are the words in the database."""

PULL = "pull"
PUSH = "push"
CREATE = "create"
COPY = "copy"
RENAME = "rename"
DELETE = "delete"
LOAD = "load"
UNLOAD = "unload"

ALL = (PULL, PUSH, CREATE, COPY, RENAME, DELETE, LOAD, UNLOAD)
