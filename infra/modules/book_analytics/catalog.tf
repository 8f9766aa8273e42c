resource "aws_glue_catalog_database" "raw" {
  name        = local.raw_database
  description = "The raw zone, as the loader landed it. Only Terraform changes its tables."
}

resource "aws_glue_catalog_database" "analytics" {
  for_each = local.databases

  name        = each.value
  description = each.value == local.schema ? "The marts: the tables that people query." : "Intermediate tables and views that dbt builds."
}

# One text column, partitioned by the load's day. Partition projection computes the partitions, so
# neither a crawler nor a repair is needed. Athena wants each projected location to end with a slash.
resource "aws_glue_catalog_table" "raw" {
  for_each = local.datasets

  database_name = aws_glue_catalog_database.raw.name
  name          = each.key
  description   = each.value.description
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    EXTERNAL                        = "TRUE"
    "projection.enabled"            = "true"
    "projection.load_date.type"     = "date"
    "projection.load_date.format"   = "yyyy-MM-dd"
    "projection.load_date.range"    = "${var.first_load_date},NOW"
    "projection.load_date.interval" = "1"
    # with the unit, Athena steps by a day; without it, by the smallest unit of the format
    "projection.load_date.interval.unit" = "DAYS"
    "storage.location.template"          = "${local.raw_root}/${each.key}/load_date=$${load_date}/"
  }

  partition_keys {
    name = "load_date"
    type = "string"
  }

  storage_descriptor {
    location      = "${local.raw_root}/${each.key}/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

    columns {
      name = "line"
      type = "string"
    }

    # JSON escapes control characters, and so does the loader where a work is not JSON. A dump's line
    # has tabs, which separate nothing here.
    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
      parameters            = { "field.delim" = "\u0001" }
    }
  }
}

resource "aws_athena_workgroup" "build" {
  #checkov:skip=CKV_AWS_82:If enforced, Athena would write dbt's tables into the results' location; IAM controls who may write where
  name          = "${var.name}-build"
  description   = "dbt's statements."
  force_destroy = var.force_destroy

  configuration {
    enforce_workgroup_configuration    = false
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.bytes_scanned_cutoff.build

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }
    result_configuration {
      output_location = "s3://${local.bucket.results}/build/"
      encryption_configuration {
        encryption_option = var.kms_key_arn == null ? "SSE_S3" : "SSE_KMS"
        kms_key_arn       = var.kms_key_arn
      }
    }
  }
}

resource "aws_athena_workgroup" "analysts" {
  name          = "${var.name}-analysts"
  description   = "Analysts' statements, on the marts."
  force_destroy = var.force_destroy

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.bytes_scanned_cutoff.analysts

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }
    result_configuration {
      output_location = "s3://${local.bucket.results}/analysts/"
      encryption_configuration {
        encryption_option = var.kms_key_arn == null ? "SSE_S3" : "SSE_KMS"
        kms_key_arn       = var.kms_key_arn
      }
    }
  }
}
