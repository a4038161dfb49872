"""Running answers as pages see them: Markdown rendered safely, live frames, snapshots."""
