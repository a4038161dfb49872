"""Files that people attach to questions: taken in, stored, sent to models, cleared away."""
