locals {
  bucket     = { for use in ["raw", "tables", "results", "packages"] : use => "${var.name}-${local.account}-${use}" }
  bucket_arn = { for use, bucket in local.bucket : use => "arn:${local.partition}:s3:::${bucket}" }

  # What was replaced or deleted is kept for this many days. Raw data can't be fetched again, tables
  # can be built again, and results are copies: they have no versions.
  versions_kept_days = { raw = 90, tables = 7, packages = 90 }
  results_kept_days  = 14
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:Access logs would cost more to keep than the data; CloudTrail tells who changed what, and may be told to tell who read it
  #checkov:skip=CKV_AWS_21:Versioned but for results, which are copies (see aws_s3_bucket_versioning)
  #checkov:skip=CKV_AWS_144:One region: the raw zone can be copied out, and the rest is built from it
  #checkov:skip=CKV_AWS_145:SSE-S3 encrypts at no cost; a KMS key costs $1 a month and each request, and who may read is said by the policies
  #checkov:skip=CKV2_AWS_62:Nothing waits for objects: a load exists when its commit record does, which builds look for
  for_each = local.bucket

  bucket        = each.value
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = aws_s3_bucket.this

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = local.versions_kept_days

  bucket = aws_s3_bucket.this[each.key].id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = local.bucket

  bucket     = aws_s3_bucket.this[each.key].id
  depends_on = [aws_s3_bucket_versioning.this]

  rule {
    id     = "abandoned-uploads"
    status = "Enabled"
    filter {}
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  dynamic "rule" {
    for_each = contains(keys(local.versions_kept_days), each.key) ? [local.versions_kept_days[each.key]] : []
    content {
      id     = "old-versions"
      status = "Enabled"
      filter {}
      noncurrent_version_expiration {
        noncurrent_days = rule.value
      }
      expiration {
        expired_object_delete_marker = true
      }
    }
  }

  dynamic "rule" {
    for_each = each.key == "results" ? [local.results_kept_days] : []
    content {
      id     = "results"
      status = "Enabled"
      filter {}
      expiration {
        days = rule.value
      }
    }
  }

  # Only records: what the loader says about its loads is small, and read by every build.
  dynamic "rule" {
    for_each = each.key == "raw" ? [for name, dataset in local.datasets : name if dataset.source != "extract"] : []
    content {
      id     = "past-${rule.value}"
      status = "Enabled"
      filter {
        prefix = "${rule.value}/"
      }
      # Straight to the class that is cheapest among those that can be read at once, as a build with
      # history would: a part is small, and a stop on the way would cost more than it saves.
      transition {
        days          = 90
        storage_class = "GLACIER_IR"
      }
    }
  }
}

data "aws_iam_policy_document" "bucket" {
  for_each = local.bucket_arn

  statement {
    sid       = "EncryptedTransportOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [each.value, "${each.value}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  # Whoever writes to the raw zone must ask for a new object, so nobody can overwrite one. Parts of
  # multipart uploads can't carry the header: they are told by the second condition.
  dynamic "statement" {
    for_each = each.key == "raw" ? [each.value] : []
    content {
      sid       = "NoOverwriting"
      effect    = "Deny"
      actions   = ["s3:PutObject"]
      resources = ["${statement.value}/*"]
      principals {
        type        = "*"
        identifiers = ["*"]
      }
      condition {
        test     = "Null"
        variable = "s3:if-none-match"
        values   = ["true"]
      }
      condition {
        test     = "Bool"
        variable = "s3:ObjectCreationOperation"
        values   = ["true"]
      }
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each = aws_s3_bucket.this

  bucket     = each.value.id
  policy     = data.aws_iam_policy_document.bucket[each.key].json
  depends_on = [aws_s3_bucket_public_access_block.this]
}

resource "aws_s3_object" "package" {
  for_each = { loader = var.loader_package, dbt = var.dbt_package }

  bucket      = aws_s3_bucket.this["packages"].id
  key         = "${each.key}.zip"
  source      = each.value
  source_hash = filebase64sha256(each.value)
  depends_on  = [aws_s3_bucket_versioning.this, aws_s3_bucket_policy.this]

  lifecycle {
    precondition {
      condition     = fileexists(each.value)
      error_message = "There is no ${each.value}: run `make lambda` first."
    }
  }
}
