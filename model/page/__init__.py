"""The fact-checker's page: one article as a self-contained file, or served on the reader's own machine."""
