"""Speed as ratios: each row measures something against a named baseline within the same run."""
