"""Open Library subjects: fetch them from the API, verify them, and land them."""
