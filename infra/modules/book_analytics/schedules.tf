locals {
  schedule_state = var.schedules_enabled ? "ENABLED" : "DISABLED"
}

resource "aws_scheduler_schedule_group" "this" {
  name = var.name
}

resource "aws_scheduler_schedule" "load" {
  #checkov:skip=CKV_AWS_297:It holds a subject's name, which is not a secret
  for_each = local.subjects

  # unique, and as readable as the limits on a schedule's name permit
  name                         = "load-${substr(replace(each.value, "/[^0-9A-Za-z_.-]/", "."), 0, 48)}-${substr(sha256(each.value), 0, 8)}"
  group_name                   = aws_scheduler_schedule_group.this.name
  schedule_expression          = var.schedules.load
  schedule_expression_timezone = "UTC"
  state                        = local.schedule_state

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_sqs_queue.loads.arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ subjects = [each.value] })

    sqs_parameters {
      message_group_id = "loads"
    }
  }
}

resource "aws_scheduler_schedule" "run" {
  #checkov:skip=CKV_AWS_297:It holds a build's commands, which are not secret
  for_each = merge(
    {
      for run in ["build", "maintain"] : run => {
        expression = var.schedules[run]
        input      = { ProjectName = local.build_name, BuildspecOverride = local.buildspec[run] }
      }
    },
    { for run, project in local.dump_projects : run => { expression = local.dump_runs[run].schedule, input = { ProjectName = project } } },
  )

  name                         = each.key
  group_name                   = aws_scheduler_schedule_group.this.name
  schedule_expression          = each.value.expression
  schedule_expression_timezone = "UTC"
  state                        = local.schedule_state

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:${local.partition}:scheduler:::aws-sdk:codebuild:startBuild"
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode(each.value.input)

    # While another build is running, CodeBuild refuses this one. Scheduler retries for at most two
    # hours, if it retries after a refusal at all; otherwise the alarm schedule-dropped is raised.
    retry_policy {
      maximum_event_age_in_seconds = 7200
      maximum_retry_attempts       = 185
    }
  }
}

resource "aws_iam_role" "scheduler" {
  name               = "${var.name}-scheduler-${local.region}"
  assume_role_policy = data.aws_iam_policy_document.assume["scheduler"].json
}

data "aws_iam_policy_document" "scheduler" {
  statement {
    sid       = "AskForLoads"
    actions   = ["sqs:SendMessage"]
    resources = [local.queue_arn]
  }
  statement {
    sid       = "StartBuilds"
    actions   = ["codebuild:StartBuild"]
    resources = [for project in concat([local.build_name], values(local.dump_projects)) : "${local.arn.codebuild}:project/${project}"]
  }
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "scheduler"
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.scheduler.json
}
