locals {
  # boto3, and so the loader, reads a different variable than the profile and AWS's own tools
  regions = { AWS_REGION = local.region, AWS_DEFAULT_REGION = local.region }
}

output "dbt_environment" {
  description = "What dbt and the loader read from the environment: `eval \"$(terraform output -raw dbt_environment)\"`."
  value       = join("\n", [for name, value in merge(local.regions, local.dbt_environment) : "export ${name}=${value}"])
}

output "buckets" {
  description = "The buckets by use."
  value       = local.bucket
}

output "databases" {
  description = "The Glue databases: the raw zone's, and those that dbt fills."
  value       = { raw = aws_glue_catalog_database.raw.name, dbt = sort([for database in aws_glue_catalog_database.analytics : database.name]) }
}

output "workgroups" {
  description = "The Athena workgroups by user."
  value       = { build = aws_athena_workgroup.build.name, analysts = aws_athena_workgroup.analysts.name }
}

output "policies" {
  description = "The policies to attach: for analysts, for engineers who run dbt by hand, for people who land data by hand."
  value       = { analysts = aws_iam_policy.analysts.arn, dbt = aws_iam_policy.dbt.arn, landing = aws_iam_policy.landing.arn }
}

output "loader" {
  description = "The loader's function and its queues."
  value = {
    function     = aws_lambda_function.loader.function_name
    queue        = aws_sqs_queue.loads.url
    failed_queue = aws_sqs_queue.failed_loads.url
    log_group    = local.log_group.loader
  }
}

output "build" {
  description = "dbt's CodeBuild project and its log group."
  value       = { project = aws_codebuild_project.build.name, log_group = local.log_group.build }
}

output "dumps" {
  description = "The CodeBuild projects that land and prune the dumps, with their log groups; empty without dumps."
  value       = { for run, project in local.dump_projects : run => { project = aws_codebuild_project.dump[run].name, log_group = local.log_group[run] } }
}

output "alarm_topic" {
  description = "The SNS topic that receives every alarm."
  value       = aws_sns_topic.alarms.arn
}
