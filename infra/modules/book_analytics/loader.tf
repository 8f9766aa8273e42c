locals {
  loader_name    = "${var.name}-loader"
  loader_timeout = 900 # seconds, Lambda's longest: 2,700 pages of 1,000 works
  queue_arn      = "${local.arn.sqs}:${var.name}-loads.fifo"
}

# One message group, so that loads run one after the other: they all share one permitted rate of
# requests. A message is one subject.
resource "aws_sqs_queue" "loads" {
  name                        = "${var.name}-loads.fifo"
  fifo_queue                  = true
  content_based_deduplication = true
  sqs_managed_sse_enabled     = true
  # Just longer than the function may run, instead of the usual six times that: the next delivery
  # resumes a load that ran out of time, and should not wait for an hour. The usual reserve is for
  # throttling, which a single group does not cause. All loads wait for a failed delivery to become
  # visible again, so the function returns a message at once if the cause lies in its subject alone.
  visibility_timeout_seconds = local.loader_timeout + 60
  message_retention_seconds  = 4 * 24 * 3600
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.failed_loads.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "failed_loads" {
  name                      = "${var.name}-failed-loads.fifo"
  fifo_queue                = true
  sqs_managed_sse_enabled   = true
  message_retention_seconds = 14 * 24 * 3600
}

resource "aws_lambda_function" "loader" {
  #checkov:skip=CKV_AWS_50:The log has a line for each step; a trace would add nothing
  #checkov:skip=CKV_AWS_115:A new account has 10 concurrent runs, none of which can be reserved; the queue's single group allows one
  #checkov:skip=CKV_AWS_116:The queue has a dead-letter queue; nothing invokes the function asynchronously
  #checkov:skip=CKV_AWS_117:It needs the internet and S3; a VPC would need a NAT gateway, which costs more than everything else together
  #checkov:skip=CKV_AWS_173:Its environment holds no secret
  #checkov:skip=CKV_AWS_272:The zip is reproducible and its hash is in the plan; a signing profile would add a key to manage
  function_name     = local.loader_name
  description       = "Lands Open Library subjects, one message each, in the raw zone."
  role              = aws_iam_role.loader.arn
  runtime           = "python3.13"
  architectures     = ["x86_64"]
  handler           = "extract.aws_lambda.handler"
  timeout           = local.loader_timeout
  memory_size       = 512 # MB
  s3_bucket         = aws_s3_object.package["loader"].bucket
  s3_key            = aws_s3_object.package["loader"].key
  s3_object_version = aws_s3_object.package["loader"].version_id

  environment {
    variables = {
      RAW_ROOT             = local.raw_root
      OPEN_LIBRARY_CONTACT = var.open_library_contact
    }
  }

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy.loader]
}

resource "aws_lambda_event_source_mapping" "loads" {
  event_source_arn = aws_sqs_queue.loads.arn
  function_name    = aws_lambda_function.loader.arn
  batch_size       = 1
}

resource "aws_iam_role" "loader" {
  name               = "${local.loader_name}-${local.region}"
  assume_role_policy = data.aws_iam_policy_document.assume["lambda"].json
}

data "aws_iam_policy_document" "loader" {
  source_policy_documents = [data.aws_iam_policy_document.landing["function"].json]

  statement {
    sid       = "TakeMessages"
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"]
    resources = [local.queue_arn]
  }
  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.arn.logs}:log-group:${local.log_group.loader}:*"]
  }
}

resource "aws_iam_role_policy" "loader" {
  name   = "loader"
  role   = aws_iam_role.loader.id
  policy = data.aws_iam_policy_document.loader.json
}
