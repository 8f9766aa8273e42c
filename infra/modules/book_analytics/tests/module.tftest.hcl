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
  open_library_contact = "books@example.org"
  alarm_emails         = ["on-call@example.org", "books@example.org"]
}

run "names_follow_the_name_and_the_account" {
  command = plan

  assert {
    condition     = output.buckets == { for use in ["raw", "tables", "results", "packages"] : use => "shelf-test-111122223333-${use}" }
    error_message = "Buckets: ${jsonencode(output.buckets)}"
  }
  assert {
    condition     = output.databases.raw == "shelf_test_raw" && contains(output.databases.dbt, "shelf_test") && contains(output.databases.dbt, "shelf_test_staging")
    error_message = "Databases: ${jsonencode(output.databases)}"
  }
  assert {
    condition     = strcontains(output.dbt_environment, "export AWS_REGION=eu-west-1\n") && strcontains(output.dbt_environment, "export RAW_ROOT=s3://shelf-test-111122223333-raw\n")
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
    condition     = aws_lambda_function.loader.environment[0].variables == tomap({ RAW_ROOT = "s3://shelf-test-111122223333-raw", OPEN_LIBRARY_CONTACT = "books@example.org" })
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

run "maintenance_is_the_end_of_a_build" {
  command = plan

  assert {
    condition     = reverse(yamldecode(jsondecode(aws_scheduler_schedule.run["maintain"].target[0].input).BuildspecOverride).phases.build.commands)[0] == ".venv/bin/dbt run-operation maintain_tables --target prod"
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

# IAM's limit for a managed policy is 6,144 characters, without blanks. A schema is in dbt's four times,
# as an ARN of up to 110 characters.
run "dbts_policy_fits_with_the_longest_name_and_two_more_schemas" {
  command = plan

  variables {
    name = "a-name-of-thirty-characters-xy"
  }
  assert {
    condition     = length(var.name) == 30 && length(data.aws_iam_policy_document.dbt.minified_json) + 2 * 4 * 110 < 6144
    error_message = "dbt's policy has ${length(data.aws_iam_policy_document.dbt.minified_json)} characters."
  }
}
