locals {
  log_group = merge(
    { loader = "/aws/lambda/${local.loader_name}", build = "/aws/codebuild/${local.build_name}" },
    { for run, project in local.dump_projects : run => "/aws/codebuild/${project}" },
  )
  topic_arn  = "${local.arn.sns}:${var.name}-alarms"
  rule_name  = "${var.name}-build-failed"
  alarm_note = "See docs/runbooks/deploy.md, Alarms."
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:Logs hold no secret, and CloudWatch encrypts them with its own key
  for_each = local.log_group

  name              = each.value
  retention_in_days = var.log_retention_days
}

resource "aws_sns_topic" "alarms" {
  #checkov:skip=CKV_AWS_26:CloudWatch can't publish to a topic that the AWS-managed key encrypts; a message holds names and a status
  name = "${var.name}-alarms"
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.alarm_emails

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "Alarms"
    actions   = ["sns:Publish"]
    resources = [local.topic_arn]
    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
  dynamic "statement" {
    for_each = var.monthly_budget == null ? [] : [local.account]
    content {
      sid       = "Budget"
      actions   = ["sns:Publish"]
      resources = [local.topic_arn]
      principals {
        type        = "Service"
        identifiers = ["budgets.amazonaws.com"]
      }
      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [statement.value]
      }
    }
  }
  statement {
    sid       = "FailedBuilds"
    actions   = ["sns:Publish"]
    resources = [local.topic_arn]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["${local.arn.events}:rule/${local.rule_name}"]
    }
  }
}

# Athena cancels one expensive statement; this notices many cheap ones.
resource "aws_budgets_budget" "this" {
  count = var.monthly_budget == null ? 0 : 1

  name         = "${var.name}-${local.region}"
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "Service"
    values = ["Amazon Athena", "AWS Lambda", "CodeBuild"] # as bills spell them
  }

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }
    content {
      notification_type         = notification.key
      comparison_operator       = "GREATER_THAN"
      threshold                 = notification.value
      threshold_type            = "PERCENTAGE"
      subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
    }
  }

  depends_on = [aws_sns_topic_policy.alarms]
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.topic.json
}

resource "aws_cloudwatch_event_rule" "build_failed" {
  name        = local.rule_name
  description = "A run of dbt, or of what lands the dumps, failed."
  event_pattern = jsonencode({
    source        = ["aws.codebuild"]
    "detail-type" = ["CodeBuild Build State Change"]
    detail = {
      "build-status" = ["FAILED", "FAULT", "STOPPED", "TIMED_OUT"]
      "project-name" = concat([local.build_name], values(local.dump_projects))
    }
  })
}

resource "aws_cloudwatch_event_target" "build_failed" {
  rule = aws_cloudwatch_event_rule.build_failed.name
  arn  = aws_sns_topic.alarms.arn

  input_transformer {
    input_paths = {
      project = "$.detail.project-name"
      status  = "$.detail.build-status"
      log     = "$.detail.additional-information.logs.deep-link"
    }
    input_template = "\"A run of <project> is <status>: <log> (${local.alarm_note})\""
  }
}

# A failed delivery raises no alarm: one that ran out of time fails on purpose, and the next
# delivery continues. A load that failed for good ends up in the dead-letter queue, one that cannot
# start grows old in the queue, and one that was never requested is a dropped schedule.
locals {
  alarms = {
    loads-failed = {
      description = "A load failed for good."
      namespace   = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", statistic = "Maximum"
      dimensions  = { QueueName = aws_sqs_queue.failed_loads.name }
      above       = 0
    }
    loads-waiting = {
      description = "A load has waited for six hours: the loader cannot keep up, or does not start."
      namespace   = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", statistic = "Maximum"
      dimensions  = { QueueName = aws_sqs_queue.loads.name }
      above       = 6 * 3600
    }
    schedule-dropped = {
      description = "A scheduled load or build could not be started."
      namespace   = "AWS/Scheduler", metric = "InvocationDroppedCount", statistic = "Sum"
      dimensions  = { ScheduleGroup = aws_scheduler_schedule_group.this.name }
      above       = 0
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.description} ${local.alarm_note}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "stale" {
  alarm_name        = "${var.name}-tables-stale"
  alarm_description = "No build succeeded for ${var.stale_after_days} day(s). ${local.alarm_note}"
  namespace         = "AWS/CodeBuild"
  metric_name       = "SucceededBuilds"
  dimensions        = { ProjectName = local.build_name }
  statistic         = "Sum"
  # in hours, and a few more than the days have: CloudWatch's window slides, and a build may take
  # longer than the previous day's
  period              = 3600
  evaluation_periods  = 24 * var.stale_after_days + 3
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  # without any build there is no data point
  treat_missing_data = "breaching"
  alarm_actions      = [aws_sns_topic.alarms.arn]
  ok_actions         = [aws_sns_topic.alarms.arn]
}
