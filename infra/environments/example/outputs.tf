output "dbt_environment" {
  description = "What dbt and the loader read from the environment, as shell commands."
  value       = module.book_analytics.dbt_environment
}

output "book_analytics" {
  description = "The resources created, by name."
  value       = module.book_analytics
}
