locals {
  build_name = "${var.name}-build"

  # Tables come first: one late source must not withhold the others' data from readers, and it fails
  # the run anyway. Unit tests check the models, not the day's data.
  build_commands = ["dbt build --target prod --exclude-resource-type unit_test", "dbt source freshness --target prod"]

  # Maintenance is the end of a build, never a run of its own: it drops half-built tables, and the
  # alarm for stale tables counts the project's successful runs.
  commands = {
    build    = local.build_commands
    maintain = concat(local.build_commands, ["dbt run-operation maintain_tables --target prod", "python scripts/sweep_tables.py"])
  }
  install = {
    runtime-versions = { python = "3.12" }
    commands = [
      "python -m venv .venv",
      ".venv/bin/python -m pip install --quiet --no-deps --require-hashes --only-binary :all: --no-index --find-links $CODEBUILD_SRC_DIR_wheels -r requirements.txt",
    ]
  }
  buildspec = {
    for run, commands in local.commands : run => yamlencode({
      version = "0.2"
      phases = {
        install = local.install
        build   = { commands = [for command in commands : ".venv/bin/${command}"] }
      }
    })
  }
}

# dbt on a machine managed by AWS, which is started for each run and discarded afterwards.
resource "aws_codebuild_project" "build" {
  name                   = local.build_name
  description            = "Builds and tests the tables with dbt."
  service_role           = aws_iam_role.build.arn
  build_timeout          = var.dumps ? 180 : 60 # minutes
  concurrent_build_limit = 1                    # two builds of the same tables would interfere

  source {
    type      = "S3"
    location  = "${local.bucket.packages}/dbt.zip"
    buildspec = local.buildspec.build
  }

  # its packages, which change less often: no build depends on a package index
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
      for_each = local.dbt_environment
      content {
        name  = environment_variable.key
        value = environment_variable.value
      }
    }
  }

  logs_config {
    cloudwatch_logs {
      group_name = local.log_group.build
    }
  }

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy.build, aws_s3_object.package]
}

resource "aws_iam_role" "build" {
  name               = "${local.build_name}-${local.region}"
  assume_role_policy = data.aws_iam_policy_document.assume["codebuild"].json
}

# For every project that runs the packages.
data "aws_iam_policy_document" "project" {
  statement {
    sid       = "ReadProject"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = ["${local.bucket_arn.packages}/dbt.zip", "${local.bucket_arn.packages}/wheels.zip"]
  }
  # the rights that CodeBuild's own roles have on a bucket of sources
  statement {
    sid       = "FindProject"
    actions   = ["s3:GetBucketAcl", "s3:GetBucketLocation"]
    resources = [local.bucket_arn.packages]
  }
}

data "aws_iam_policy_document" "build" {
  source_policy_documents = [data.aws_iam_policy_document.project.json]

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.arn.logs}:log-group:${local.log_group.build}:*"]
  }
}

resource "aws_iam_role_policy" "build" {
  name   = "build"
  role   = aws_iam_role.build.id
  policy = data.aws_iam_policy_document.build.json
}

resource "aws_iam_role_policy_attachment" "build" {
  role       = aws_iam_role.build.name
  policy_arn = aws_iam_policy.dbt.arn
}
