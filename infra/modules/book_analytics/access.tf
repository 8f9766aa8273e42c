# Access to the tables. The dbt policy is a managed one, so that an engineer who runs dbt by hand
# can have exactly the rights of the scheduled build.

data "aws_iam_policy_document" "assume" {
  for_each = toset(["lambda", "codebuild", "scheduler"])

  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["${each.value}.amazonaws.com"]
    }
    # of this account: a service in another account must not assume the role
    dynamic "condition" {
      for_each = each.value == "lambda" ? [] : [local.account]
      content {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [condition.value]
      }
    }
  }
}

locals {
  read_tables = ["glue:GetTable", "glue:GetTables", "glue:GetTableVersion", "glue:GetTableVersions", "glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition"]

  write_tables = [
    "glue:CreateTable", "glue:UpdateTable", "glue:DeleteTable", "glue:BatchDeleteTable", "glue:DeleteTableVersion", "glue:BatchDeleteTableVersion",
  ]

  run_statements = [
    "athena:StartQueryExecution", "athena:StopQueryExecution", "athena:GetQueryExecution", "athena:BatchGetQueryExecution",
    "athena:GetQueryResults", "athena:GetQueryResultsStream", "athena:ListQueryExecutions", "athena:GetWorkGroup",
  ]

  # A right to a Glue table only takes effect with the same right to its database and the catalog.
  catalog     = "${local.arn.glue}:catalog"
  glue_tables = { for database in setunion(local.databases, [local.raw_database]) : database => ["${local.arn.glue}:database/${database}", "${local.arn.glue}:table/${database}/*"] }
}

# For everyone who reads or writes a bucket; empty without a key.
data "aws_iam_policy_document" "use_key" {
  dynamic "statement" {
    for_each = compact([var.kms_key_arn])
    content {
      sid       = "UseKey"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]
      # for these buckets' objects only, whatever else the key encrypts
      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["s3.${local.region}.amazonaws.com"]
      }
    }
  }
}

data "aws_iam_policy_document" "dbt" {
  source_policy_documents = [data.aws_iam_policy_document.use_key.json]

  statement {
    sid       = "RunStatements"
    actions   = local.run_statements
    resources = ["${local.arn.athena}:workgroup/${local.build_name}"]
  }
  statement {
    sid     = "FindDatabases"
    actions = ["glue:GetDatabase", "glue:GetDatabases"]
    # dbt lists all databases to find its own; it only sees their names
    resources = [local.catalog, "${local.arn.glue}:database/*"]
  }
  # Athena runs Hive DDL, such as a seed's, through a client that creates this database if it is
  # missing
  statement {
    sid       = "MakeDefaultDatabase"
    actions   = ["glue:CreateDatabase"]
    resources = [local.catalog, "${local.arn.glue}:database/default"]
  }
  # each schema only once: a policy may have 6,144 characters
  statement {
    sid       = "ReadRawDefinitions"
    actions   = local.read_tables
    resources = concat([local.catalog], local.glue_tables[local.raw_database])
  }
  statement {
    sid       = "ReadAndWriteDefinitions"
    actions   = concat(local.read_tables, local.write_tables)
    resources = concat([local.catalog], flatten([for database in local.databases : local.glue_tables[database]]))
  }
  statement {
    sid       = "FindBuckets"
    actions   = ["s3:GetBucketLocation"]
    resources = [for use in ["raw", "tables", "results"] : local.bucket_arn[use]]
  }
  statement {
    sid       = "FindObjects"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arn.raw, local.bucket_arn.tables]
  }
  statement {
    sid       = "FindResults"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arn.results]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["build/*"]
    }
  }
  statement {
    sid       = "FindUploads"
    actions   = ["s3:ListBucketMultipartUploads"]
    resources = [local.bucket_arn.tables, local.bucket_arn.results]
  }
  statement {
    sid       = "ReadRaw"
    actions   = ["s3:GetObject"]
    resources = ["${local.bucket_arn.raw}/*"]
  }
  statement {
    sid       = "WriteTablesAndResults"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
    resources = ["${local.bucket_arn.tables}/*", "${local.bucket_arn.results}/build/*"]
  }
  # explicit, so that no other policy of the same holder can allow it
  statement {
    sid         = "NeverChangeRaw"
    effect      = "Deny"
    not_actions = ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"]
    resources   = [local.bucket_arn.raw, "${local.bucket_arn.raw}/*"]
  }
  statement {
    sid         = "NeverChangeRawDefinitions"
    effect      = "Deny"
    not_actions = ["glue:Get*", "glue:BatchGet*"]
    resources   = local.glue_tables[local.raw_database]
  }
}

resource "aws_iam_policy" "dbt" {
  name        = "${var.name}-dbt-${local.region}"
  description = "Builds the tables: reads the raw zone, never writes to it."
  policy      = data.aws_iam_policy_document.dbt.json
}

# Adding to the raw zone and reading it, to resume a load and to compare it with the last one.
# Deleting is not included, and the bucket's own policy refuses overwriting. The function only loads
# subjects; received files, and a raw zone on disk, are landed by hand. A dump gives up no page.
locals {
  lands = {
    function = [for name, dataset in local.datasets : name if contains(["open_library", "extract"], dataset.source)]
    dump     = ["dump_*", "loads", "load_events"]
    hand     = keys(local.datasets)
  }
}

data "aws_iam_policy_document" "landing" {
  for_each = local.lands

  source_policy_documents = [data.aws_iam_policy_document.use_key.json]

  statement {
    sid       = "AddAndReadRecords"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = [for name in each.value : "${local.bucket_arn.raw}/${name}/*"]
  }
  statement {
    sid       = "FindRecords"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arn.raw]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = [for name in each.value : "${name}/*"]
    }
  }
}

resource "aws_iam_policy" "landing" {
  name        = "${var.name}-landing-${local.region}"
  description = "Adds to the raw zone by hand: never deletes or replaces."
  policy      = data.aws_iam_policy_document.landing["hand"].json
}

# Analysts read only the marts, and write only the results of their statements.
data "aws_iam_policy_document" "analysts" {
  source_policy_documents = [data.aws_iam_policy_document.use_key.json]

  statement {
    sid       = "RunStatements"
    actions   = local.run_statements
    resources = ["${local.arn.athena}:workgroup/${var.name}-analysts"]
  }
  statement {
    sid       = "ReadDefinitions"
    actions   = local.read_tables
    resources = concat([local.catalog], local.glue_tables[local.schema])
  }
  # Athena's console and its drivers list what exists before any query: names only
  statement {
    sid       = "FindWorkgroups"
    actions   = ["athena:ListWorkGroups", "athena:ListDataCatalogs"]
    resources = ["*"] # neither action supports anything narrower
  }
  statement {
    sid       = "FindTables"
    actions   = ["athena:GetDataCatalog", "athena:ListDatabases", "athena:GetDatabase", "athena:ListTableMetadata", "athena:GetTableMetadata"]
    resources = ["${local.arn.athena}:datacatalog/AwsDataCatalog"]
  }
  statement {
    sid       = "FindDatabases"
    actions   = ["glue:GetDatabase", "glue:GetDatabases"]
    resources = [local.catalog, "${local.arn.glue}:database/*"]
  }
  # dbt writes a table to <schema>/<table>/, and the / keeps out schemas with a longer name
  statement {
    sid       = "ReadMarts"
    actions   = ["s3:GetObject"]
    resources = ["${local.bucket_arn.tables}/${local.schema}/*"]
  }
  statement {
    sid       = "FindMarts"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arn.tables]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["${local.schema}/*"]
    }
  }
  statement {
    sid       = "FindBuckets"
    actions   = ["s3:GetBucketLocation"]
    resources = [local.bucket_arn.tables, local.bucket_arn.results]
  }
  statement {
    sid       = "FindUploads"
    actions   = ["s3:ListBucketMultipartUploads"]
    resources = [local.bucket_arn.results]
  }
  statement {
    sid       = "KeepResults"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
    resources = ["${local.bucket_arn.results}/analysts/*"]
  }
  statement {
    sid       = "FindResults"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arn.results]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["analysts/*"]
    }
  }
}

resource "aws_iam_policy" "analysts" {
  name        = "${var.name}-analysts-${local.region}"
  description = "Queries the marts."
  policy      = data.aws_iam_policy_document.analysts.json
}
