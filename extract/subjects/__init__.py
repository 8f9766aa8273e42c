"""Subjects of Open Library: asked of its API, verified, landed."""
