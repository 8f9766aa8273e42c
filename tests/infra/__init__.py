"""What Terraform would make, read from its plan: who may do what, and that it fits the project."""
