"""Pages and changes of conversations, messages and their runs."""
