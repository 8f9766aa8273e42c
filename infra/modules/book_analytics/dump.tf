# Open Library's monthly dumps, if var.dumps wants them: one project lands the newest, another removes
# those that two newer ones replace. Each has a role of its own, since the first must not delete.

locals {
  dump_projects = { for run in var.dumps ? ["dump", "prune"] : [] : run => "${var.name}-${run}" }

  # The archive publishes a dump within days of the month's end, now and then much later. Each day
  # asks again, in silence until this day of the month.
  dump_overdue_day = 20
  # what the loader exits with if the archive does not have the dump, or not all of it
  dump_not_ready = 9

  dump_runs = {
    dump = {
      description = "Lands Open Library's dump of last month, unless it is landed or not yet published."
      schedule    = "cron(0 8 4-25 * ? *)" # between builds: a new account may run one machine at a time
      timeout     = 8 * 60                 # minutes: 17.5 GB at 1 MB/s take five hours
      # DUMP, if somebody starts a run by hand: another day, with options. Then it must be there.
      command = "python -m extract dump $${DUMP:-$(date --date \"$(date +%Y-%m-01) -1 day\" +%F)} || { [ $? = ${local.dump_not_ready} ] && [ -z \"$DUMP\" ] && [ $(date +%-d) -lt ${local.dump_overdue_day} ]; }"
      rights  = data.aws_iam_policy_document.landing["dump"].json
    }
    prune = {
      description = "Removes the dumps that two newer ones replace."
      schedule    = "cron(0 8 26 * ? *)"
      timeout     = 60
      command     = "python -m extract prune --keep 2"
      rights      = data.aws_iam_policy_document.pruning.json
    }
  }
}

# A machine managed by AWS, with 64 GB of disk.
resource "aws_codebuild_project" "dump" {
  for_each = local.dump_projects

  name                   = each.value
  description            = local.dump_runs[each.key].description
  service_role           = aws_iam_role.dump[each.key].arn
  build_timeout          = local.dump_runs[each.key].timeout
  concurrent_build_limit = 1

  source {
    type     = "S3"
    location = "${local.bucket.packages}/dbt.zip"
    buildspec = yamlencode({
      version = "0.2"
      phases = {
        install = local.install
        build   = { commands = [".venv/bin/${local.dump_runs[each.key].command}"] }
      }
    })
  }

  secondary_sources {
    type              = "S3"
    location          = "${local.bucket.packages}/wheels.zip"
    source_identifier = "wheels"
  }

  artifacts {
    type = "NO_ARTIFACTS"
  }

  environment {
    type         = "LINUX_CONTAINER"
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/amazonlinux-x86_64-standard:5.0"

    dynamic "environment_variable" {
      for_each = { RAW_ROOT = local.raw_root, OPEN_LIBRARY_CONTACT = var.open_library_contact }
      content {
        name  = environment_variable.key
        value = environment_variable.value
      }
    }
  }

  logs_config {
    cloudwatch_logs {
      group_name = local.log_group[each.key]
    }
  }

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy.dump, aws_s3_object.package]
}

resource "aws_iam_role" "dump" {
  for_each = local.dump_projects

  name               = "${each.value}-${local.region}"
  assume_role_policy = data.aws_iam_policy_document.assume["codebuild"].json
}

# The loader's records say which dumps are the newest and which are being landed. They stay: only parts
# go, after their size was looked at.
data "aws_iam_policy_document" "pruning" {
  source_policy_documents = [data.aws_iam_policy_document.use_key.json]

  statement {
    sid       = "ReadRecords"
    actions   = ["s3:GetObject"]
    resources = [for name in local.lands.dump : "${local.bucket_arn.raw}/${name}/*"]
  }
  statement {
    sid       = "FindRecords"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arn.raw]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = [for name in local.lands.dump : "${name}/*"]
    }
  }
  statement {
    sid       = "RemoveParts"
    actions   = ["s3:DeleteObject"]
    resources = ["${local.bucket_arn.raw}/dump_*/*"]
  }
}

data "aws_iam_policy_document" "dump" {
  for_each = local.dump_projects

  source_policy_documents = [data.aws_iam_policy_document.project.json, local.dump_runs[each.key].rights]

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.arn.logs}:log-group:${local.log_group[each.key]}:*"]
  }
}

resource "aws_iam_role_policy" "dump" {
  for_each = local.dump_projects

  name   = each.key
  role   = aws_iam_role.dump[each.key].id
  policy = data.aws_iam_policy_document.dump[each.key].json
}
