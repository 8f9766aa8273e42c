"""Monthly dumps: fetch them, check them, land each as one load, and remove superseded ones."""
