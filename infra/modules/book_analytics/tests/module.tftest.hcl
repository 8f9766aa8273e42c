# Plans with the real provider, which generates the policies' JSON itself, and needs no account. Run
# `terraform test` in the module's folder.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

variables {
  name                 = "shelf-test"
  project_root         = "../../.."
  loader_package       = "../../../dbt_project.yml" # any file will do for a plan
  dbt_package          = "../../../dbt_project.yml"
  wheels_package       = "../../../dbt_project.yml"
  open_library_contact = "books@example.org"
  alarm_emails         = ["on-call@example.org", "books@example.org"]
}

run "names_follow_the_name_the_account_and_the_region" {
  command = plan

  assert {
    condition     = output.buckets == { for use in ["raw", "tables", "results", "packages"] : use => "shelf-test-111122223333-eu-west-1-${use}" }
    error_message = "Buckets: ${jsonencode(output.buckets)}"
  }
  assert {
    condition     = output.databases.raw == "shelf_test_raw" && contains(output.databases.dbt, "shelf_test") && contains(output.databases.dbt, "shelf_test_staging")
    error_message = "Databases: ${jsonencode(output.databases)}"
  }
  assert {
    condition     = strcontains(output.dbt_environment, "export AWS_REGION=eu-west-1\n") && strcontains(output.dbt_environment, "export RAW_ROOT=s3://shelf-test-111122223333-eu-west-1-raw\n")
    error_message = output.dbt_environment
  }
}

run "every_bucket_is_closed_encrypted_and_swept" {
  command = plan

  assert {
    condition     = alltrue([for block in aws_s3_bucket_public_access_block.this : block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets])
    error_message = "A bucket can be made public."
  }
  assert {
    condition = alltrue([
      for resources in [aws_s3_bucket_public_access_block.this, aws_s3_bucket_ownership_controls.this, aws_s3_bucket_server_side_encryption_configuration.this, aws_s3_bucket_lifecycle_configuration.this, aws_s3_bucket_policy.this] :
      toset(keys(resources)) == toset(keys(aws_s3_bucket.this))
    ])
    error_message = "A bucket lacks one of its guards."
  }
  assert {
    condition     = alltrue([for policy in aws_s3_bucket_policy.this : strcontains(policy.policy, "aws:SecureTransport")])
    error_message = "A bucket accepts unencrypted requests."
  }
  assert {
    condition     = toset(keys(aws_s3_bucket_versioning.this)) == toset(["raw", "tables", "packages"])
    error_message = "A bucket whose objects can be lost by mistake has no versions."
  }
  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.this["results"].rule : rule.expiration[0].days if rule.id == "results"] == [14]
    error_message = "Results are kept forever."
  }
  assert {
    condition     = alltrue([for rule in aws_s3_bucket_lifecycle_configuration.this["raw"].rule : length([for expiration in rule.expiration : expiration if expiration.days != null && expiration.days > 0]) == 0])
    error_message = "Raw data must not expire: it can't be fetched again."
  }
  assert {
    condition     = !anytrue([for bucket in aws_s3_bucket.this : bucket.force_destroy])
    error_message = "By default, `destroy` must not delete data."
  }
  assert {
    condition     = alltrue([for encryption in aws_s3_bucket_server_side_encryption_configuration.this : one(encryption.rule).apply_server_side_encryption_by_default[0].sse_algorithm == "AES256"])
    error_message = "A bucket is not encrypted by S3."
  }
}

run "what_can_be_rebuilt_is_destroyed_without_the_raw_zone" {
  command = plan

  variables {
    force_destroy = true
  }
  assert {
    condition     = { for use, bucket in aws_s3_bucket.this : use => bucket.force_destroy } == { raw = false, tables = true, results = true, packages = true }
    error_message = "`destroy` must not delete the raw zone, or cannot delete the rest."
  }
}

run "the_raw_zone_is_destroyed_where_that_is_said" {
  command = plan

  variables {
    force_destroy_raw = true
  }
  assert {
    condition     = { for use, bucket in aws_s3_bucket.this : use => bucket.force_destroy } == { raw = true, tables = false, results = false, packages = false }
    error_message = "force_destroy_raw is about the raw zone only."
  }
}

run "a_key_encrypts_every_bucket_and_result_and_may_be_used" {
  command = plan

  variables {
    dumps       = true
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012"
  }
  assert {
    condition     = alltrue([for encryption in aws_s3_bucket_server_side_encryption_configuration.this : one(encryption.rule).apply_server_side_encryption_by_default[0].kms_master_key_id == var.kms_key_arn && one(encryption.rule).apply_server_side_encryption_by_default[0].sse_algorithm == "aws:kms"])
    error_message = "A bucket is not encrypted with the key."
  }
  assert {
    condition     = alltrue([for group in [aws_athena_workgroup.build, aws_athena_workgroup.analysts] : group.configuration[0].result_configuration[0].encryption_configuration[0].kms_key_arn == var.kms_key_arn && group.configuration[0].result_configuration[0].encryption_configuration[0].encryption_option == "SSE_KMS"])
    error_message = "Results are not encrypted with the key."
  }
  assert {
    condition     = alltrue([for policy in concat([aws_iam_policy.dbt.policy, aws_iam_policy.landing.policy, aws_iam_policy.analysts.policy, aws_iam_role_policy.loader.policy], values(aws_iam_role_policy.dump)[*].policy) : [for statement in jsondecode(policy).Statement : [statement.Resource, join(" ", statement.Action), statement.Condition.StringEquals["kms:ViaService"]] if try(statement.Sid, "") == "UseKey"] == [[var.kms_key_arn, "kms:GenerateDataKey kms:Decrypt", "s3.eu-west-1.amazonaws.com"]]])
    error_message = "Somebody who reads or writes a bucket may not use its key."
  }
}

run "an_alias_is_not_a_key" {
  command = plan

  variables {
    kms_key_arn = "alias/books"
  }
  expect_failures = [var.kms_key_arn]
}

run "a_budget_raises_the_alarms" {
  command = plan

  variables {
    monthly_budget = 20
  }
  assert {
    condition     = aws_budgets_budget.this[0].limit_amount == "20" && { for one in aws_budgets_budget.this[0].notification : one.notification_type => one.threshold } == { ACTUAL = 80, FORECASTED = 100 }
    error_message = "Nobody is told before the money is spent."
  }
  assert {
    condition     = [for filter in aws_budgets_budget.this[0].cost_filter : toset(filter.values) if filter.name == "Service"] == [toset(["Amazon Athena", "AWS Lambda", "CodeBuild"])]
    error_message = "The budget counts other services."
  }
  assert {
    condition     = [for statement in jsondecode(aws_sns_topic_policy.alarms.policy).Statement : statement.Condition.StringEquals["aws:SourceAccount"] if statement.Sid == "Budget"] == ["111122223333"]
    error_message = "The budget may not publish to the topic."
  }
}

run "no_budget_is_set_unless_wanted" {
  command = plan

  assert {
    condition     = length(aws_budgets_budget.this) == 0 && !strcontains(aws_sns_topic_policy.alarms.policy, "budgets.amazonaws.com")
    error_message = "A budget was made, or may publish, that nobody asked for."
  }
}

run "a_budget_of_nothing_is_refused" {
  command = plan

  variables {
    monthly_budget = 0
  }
  expect_failures = [var.monthly_budget]
}

run "statements_are_bounded" {
  command = plan

  assert {
    condition     = alltrue([for group in [aws_athena_workgroup.build, aws_athena_workgroup.analysts] : group.configuration[0].bytes_scanned_cutoff_per_query > 0 && group.configuration[0].publish_cloudwatch_metrics_enabled])
    error_message = "A workgroup has no cutoff or no metrics."
  }
  assert {
    condition     = !aws_athena_workgroup.build.configuration[0].enforce_workgroup_configuration
    error_message = "If this is enforced, dbt's tables land in the results' bucket."
  }
  assert {
    condition     = aws_athena_workgroup.analysts.configuration[0].enforce_workgroup_configuration
    error_message = "An analyst could write results elsewhere."
  }
}

run "loads_run_one_by_one_and_none_is_lost" {
  command = plan

  assert {
    condition     = aws_sqs_queue.loads.fifo_queue && aws_sqs_queue.failed_loads.fifo_queue && aws_lambda_event_source_mapping.loads.batch_size == 1
    error_message = "Loads could run at the same time."
  }
  assert {
    condition     = aws_sqs_queue.loads.visibility_timeout_seconds > aws_lambda_function.loader.timeout
    error_message = "A message would be delivered again while its load still runs."
  }
  assert {
    condition     = aws_lambda_function.loader.environment[0].variables == tomap({ RAW_ROOT = "s3://shelf-test-111122223333-eu-west-1-raw", OPEN_LIBRARY_CONTACT = "books@example.org" })
    error_message = "The loader's environment differs."
  }
}

run "every_alarm_is_sent" {
  command = plan

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(["loads-failed", "loads-waiting", "schedule-dropped"])
    error_message = "An alarm is missing."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.stale.treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.stale.period * aws_cloudwatch_metric_alarm.stale.evaluation_periods == 27 * 3600
    error_message = "A day without any build must raise an alarm; a build an hour later than the last must not."
  }
  assert {
    condition     = toset(jsondecode(aws_cloudwatch_event_rule.build_failed.event_pattern).detail["build-status"]) == toset(["FAILED", "FAULT", "STOPPED", "TIMED_OUT"])
    error_message = "A kind of failure raises no alarm."
  }
  assert {
    condition     = toset(keys(aws_sns_topic_subscription.email)) == toset(["on-call@example.org", "books@example.org"])
    error_message = "An address is not notified."
  }
}

run "schedules_can_stand_still" {
  command = plan

  variables {
    schedules_enabled = false
  }

  assert {
    condition     = alltrue([for schedule in merge(aws_scheduler_schedule.load, aws_scheduler_schedule.run) : schedule.state == "DISABLED"])
    error_message = "A schedule still runs."
  }
}

run "dumps_are_landed_only_where_wanted" {
  command = plan

  assert {
    condition     = length(aws_codebuild_project.dump) + length(aws_iam_role.dump) == 0 && toset(keys(aws_scheduler_schedule.run)) == toset(["build", "maintain"]) && output.dumps == {}
    error_message = "Somebody who wants subjects alone gets 42 million books."
  }
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.build_failed.event_pattern).detail["project-name"] == ["shelf-test-build"] && aws_codebuild_project.build.build_timeout == 60
    error_message = "Builds differ without dumps."
  }
}

run "a_dump_is_tried_daily_and_a_failure_is_told" {
  command = plan

  variables {
    dumps             = true
    schedules_enabled = false
  }
  assert {
    condition     = { for run, schedule in aws_scheduler_schedule.run : run => [schedule.schedule_expression, jsondecode(schedule.target[0].input).ProjectName] if contains(["dump", "prune"], run) } == { dump = ["cron(0 8 4-25 * ? *)", "shelf-test-dump"], prune = ["cron(0 8 26 * ? *)", "shelf-test-prune"] }
    error_message = "Dumps are not landed, or not pruned."
  }
  assert {
    condition     = alltrue([for schedule in aws_scheduler_schedule.run : schedule.state == "DISABLED"])
    error_message = "A schedule still runs."
  }
  assert {
    condition     = toset(jsondecode(aws_cloudwatch_event_rule.build_failed.event_pattern).detail["project-name"]) == toset(["shelf-test-build", "shelf-test-dump", "shelf-test-prune"])
    error_message = "A landing can fail in silence."
  }
  assert {
    condition     = alltrue([for project in aws_codebuild_project.dump : project.concurrent_build_limit == 1 && yamldecode(project.source[0].buildspec).phases.install == yamldecode(aws_codebuild_project.build.source[0].buildspec).phases.install && { for source in project.secondary_sources : source.source_identifier => source.location } == { wheels = "shelf-test-111122223333-eu-west-1-packages/wheels.zip" }])
    error_message = "A dump could be landed twice at once, or by what is not in the packages."
  }
  assert {
    condition     = { for variable in one(aws_codebuild_project.dump["dump"].environment).environment_variable : variable.name => variable.value } == { RAW_ROOT = "s3://shelf-test-111122223333-eu-west-1-raw", OPEN_LIBRARY_CONTACT = "books@example.org" }
    error_message = "The landing's environment differs."
  }
  assert {
    condition     = aws_codebuild_project.dump["dump"].build_timeout == 480 && aws_codebuild_project.build.build_timeout == 180
    error_message = "A download of five hours, or a build of all books, would be cut off."
  }
  assert {
    condition     = { for run, role in aws_iam_role_policy.dump : run => strcontains(role.policy, "s3:Delete") } == { dump = false, prune = true }
    error_message = "What lands may delete, or what prunes may not."
  }
}

run "a_dump_stays_readable_and_a_pruned_one_goes_soon" {
  command = plan

  assert {
    condition     = { for rule in aws_s3_bucket_lifecycle_configuration.this["raw"].rule : rule.filter[0].prefix => one(rule.noncurrent_version_expiration).noncurrent_days if rule.id == "pruned-dumps" } == { "dump_" = 7 }
    error_message = "21 GB stay for three months after a prune."
  }
  assert {
    condition     = length([for rule in aws_s3_bucket_lifecycle_configuration.this["raw"].rule : rule.id if length(rule.transition) > 0 && startswith(coalesce(try(rule.filter[0].prefix, ""), "-"), "dump_")]) == 0
    error_message = "Each build would pay for what it retrieves of the newest dump."
  }
}

run "maintenance_is_the_end_of_a_build" {
  command = plan

  assert {
    condition     = slice(yamldecode(jsondecode(aws_scheduler_schedule.run["maintain"].target[0].input).BuildspecOverride).phases.build.commands, 2, 4) == [".venv/bin/dbt run-operation maintain_tables --target prod", ".venv/bin/python scripts/sweep_tables.py"]
    error_message = "Nothing keeps the tables small."
  }
  assert {
    condition = alltrue([
      for run in aws_scheduler_schedule.run :
      length(setsubtract(yamldecode(aws_codebuild_project.build.source[0].buildspec).phases.build.commands, yamldecode(jsondecode(run.target[0].input).BuildspecOverride).phases.build.commands)) == 0
    ])
    error_message = "A run that builds nothing would keep tables-stale silent."
  }
  assert {
    condition     = yamldecode(aws_codebuild_project.build.source[0].buildspec).phases.build.commands == [".venv/bin/dbt build --target prod --exclude-resource-type unit_test", ".venv/bin/dbt source freshness --target prod"]
    error_message = "A build's commands differ."
  }
}

run "builds_need_no_package_index" {
  command = plan

  assert {
    condition     = { for source in aws_codebuild_project.build.secondary_sources : source.source_identifier => source.location } == { wheels = "shelf-test-111122223333-eu-west-1-packages/wheels.zip" }
    error_message = "A build does not get its packages."
  }
  assert {
    condition = alltrue([
      for buildspec in concat([aws_codebuild_project.build.source[0].buildspec], [for run in aws_scheduler_schedule.run : jsondecode(run.target[0].input).BuildspecOverride]) :
      strcontains(yamldecode(buildspec).phases.install.commands[1], " --no-index --find-links $CODEBUILD_SRC_DIR_wheels ")
    ])
    error_message = "A build installs from a package index."
  }
}

run "a_name_that_no_bucket_may_have_is_refused" {
  command = plan

  variables {
    name = "Shelf_Test"
  }
  expect_failures = [var.name]
}

run "a_contact_that_the_loader_would_refuse_is_refused" {
  command = plan

  variables {
    open_library_contact = "me"
  }
  expect_failures = [var.open_library_contact]
}

run "a_day_that_is_none_is_refused" {
  command = plan

  variables {
    first_load_date = "2026-02-30"
  }
  expect_failures = [var.first_load_date]
}

run "a_missing_package_says_how_to_make_it" {
  command = plan

  variables {
    loader_package = "../../../build/none.zip"
  }
  expect_failures = [aws_s3_object.package]
}

# IAM's limit for a managed policy is 6,144 characters, without blanks. A schema is in dbt's twice, as
# an ARN of up to 110 characters.
provider "aws" {
  alias                       = "longest"
  region                      = "ap-northeast-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

run "policies_fit_with_the_longest_name_and_two_more_schemas" {
  command = plan

  providers = {
    aws = aws.longest
  }
  variables {
    name        = "a-name-of-26-characters-xy"
    kms_key_arn = "arn:aws:kms:ap-northeast-1:111122223333:key/mrk-12345678901234567890123456789012"
  }
  assert {
    condition     = alltrue([for bucket in aws_s3_bucket.this : length(bucket.bucket) <= 63])
    error_message = "A bucket's name is too long."
  }
  assert {
    condition     = length(data.aws_iam_policy_document.landing["hand"].minified_json) < 6144
    error_message = "The policy of people who land has ${length(data.aws_iam_policy_document.landing["hand"].minified_json)} characters."
  }
  assert {
    condition     = length(var.name) == 26 && length(data.aws_iam_policy_document.dbt.minified_json) + 2 * 2 * 110 < 6144
    error_message = "dbt's policy has ${length(data.aws_iam_policy_document.dbt.minified_json)} characters."
  }
}
