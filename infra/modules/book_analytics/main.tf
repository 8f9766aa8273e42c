# Names consist of var.name, the account and the region, never of a resource's attribute. So every ARN
# is known at plan time, and a plan shows each policy in full. The region is in the names of buckets,
# roles, policies and the budget only: all other names are a region's own.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.id
  arn       = { for service in ["athena", "codebuild", "events", "glue", "lambda", "logs", "sns", "sqs"] : service => "arn:${local.partition}:${service}:${local.region}:${local.account}" }

  # The raw datasets are dbt's sources: source table, Glue table and folder share one name.
  sources = flatten([
    for file in fileset(var.project_root, "models/staging/*/_*sources.yml") :
    yamldecode(file("${var.project_root}/${file}")).sources
  ])
  datasets = merge([
    for source in local.sources : {
      for table in source.tables : table.name => { source = source.name, description = table.description }
    }
  ]...)

  # Terraform creates dbt's schemas, too, so that dbt needs no right to create a database.
  project = yamldecode(file("${var.project_root}/dbt_project.yml"))
  layers = distinct(compact(flatten([
    for kind in ["models", "seeds", "snapshots"] : [
      for key, value in try(local.project[kind][local.project.name], {}) :
      try(value["+schema"], tostring(key == "+schema" ? value : null), "")
    ]
  ])))
  schema       = replace(var.name, "-", "_")
  raw_database = "${local.schema}_raw"
  databases    = toset(concat([local.schema], [for layer in local.layers : "${local.schema}_${layer}"]))

  subjects = toset([for row in csvdecode(file("${var.project_root}/seeds/tracked_subjects.csv")) : row.subject])

  dbt_environment = {
    ATHENA_SCHEMA         = local.schema
    ATHENA_WORKGROUP      = aws_athena_workgroup.build.name
    ATHENA_S3_STAGING_DIR = "s3://${local.bucket.results}/build/"
    ATHENA_S3_DATA_DIR    = "s3://${local.bucket.tables}/"
    RAW_SCHEMA            = local.raw_database
    RAW_ROOT              = local.raw_root
  }
  raw_root = "s3://${local.bucket.raw}"
}
