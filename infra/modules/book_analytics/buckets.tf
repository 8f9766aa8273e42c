locals {
  bucket     = { for use in ["raw", "tables", "results", "packages"] : use => "${var.name}-${local.account}-${local.region}-${use}" }
  bucket_arn = { for use, bucket in local.bucket : use => "arn:${local.partition}:s3:::${bucket}" }

  # Days for which replaced or deleted objects are kept. Raw data cannot be fetched again, tables
  # can be rebuilt, and results are copies, which have no versions.
  versions_kept_days     = { raw = 90, tables = 7, packages = 90 }
  results_kept_days      = 14
  pruned_dumps_kept_days = 7 # the archive keeps them, too
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:Access logs would cost more to keep than the data; CloudTrail records who changed what, and can be configured to record who read it
  #checkov:skip=CKV_AWS_21:Versioned, except for results, which are copies (see aws_s3_bucket_versioning)
  #checkov:skip=CKV_AWS_144:One region is enough: the raw zone can be copied elsewhere, and the rest is built from it
  #checkov:skip=CKV_AWS_145:SSE-S3 encrypts at no cost, and the policies decide who may read; whoever needs a KMS key sets kms_key_arn
  #checkov:skip=CKV2_AWS_62:Nothing reacts to new objects: a load exists when its commit record does, and builds look for that
  for_each = local.bucket

  bucket        = each.value
  force_destroy = each.key == "raw" ? var.force_destroy_raw : var.force_destroy
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
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
    bucket_key_enabled = var.kms_key_arn != null # one request to KMS for many objects
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

  # S3 obeys the shorter of two rules: a pruned dump does not stay for as long as other raw data.
  dynamic "rule" {
    for_each = each.key == "raw" ? ["dump_"] : []
    content {
      id     = "pruned-dumps"
      status = "Enabled"
      filter {
        prefix = rule.value
      }
      noncurrent_version_expiration {
        noncurrent_days = local.pruned_dumps_kept_days
      }
    }
  }

  # Records only: what the loader writes about its loads is small, and every build reads it. Every
  # build reads the newest dump, too, however old it is.
  dynamic "rule" {
    for_each = each.key == "raw" ? [for name, dataset in local.datasets : name if !contains(["extract", "open_library_dump"], dataset.source)] : []
    content {
      id     = "past-${rule.value}"
      status = "Enabled"
      filter {
        prefix = "${rule.value}/"
      }
      # Straight to the cheapest class that can be read immediately, as rebuilding the history does.
      # A part is so small that an intermediate class would cost more than it saves.
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

  # A write to the raw zone must ask for a new object, so nobody can overwrite one. Parts of
  # multipart uploads cannot carry the header: the second condition exempts them.
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
  for_each = { loader = var.loader_package, dbt = var.dbt_package, wheels = var.wheels_package }

  bucket      = aws_s3_bucket.this["packages"].id
  key         = "${each.key}.zip"
  source      = each.value
  source_hash = filebase64sha256(each.value)
  depends_on  = [aws_s3_bucket_versioning.this, aws_s3_bucket_policy.this]

  lifecycle {
    precondition {
      condition     = fileexists(each.value)
      error_message = "${each.value} does not exist: run `make lambda` first."
    }
  }
}
