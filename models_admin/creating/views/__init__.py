"""Pages on which a model is worded, tried and made."""
