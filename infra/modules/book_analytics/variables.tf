variable "name" {
  description = "Prefix of every resource name; in the names of databases, - becomes _."
  type        = string
  default     = "book-analytics"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,24}[a-z0-9]$", var.name))
    error_message = "name is part of bucket names: use 3 to 26 of a-z, 0-9 and -, starting with a letter."
  }
}

variable "project_root" {
  description = "Folder of the dbt project, from which its sources, schemas and tracked subjects are read."
  type        = string

  validation {
    condition     = fileexists("${var.project_root}/dbt_project.yml")
    error_message = "project_root has no dbt_project.yml: set it to the repository's root."
  }
}

variable "loader_package" {
  description = "The loader's zip, built by `make lambda`."
  type        = string
}

variable "dbt_package" {
  description = "The dbt project's zip, built by `make lambda`."
  type        = string
}

variable "wheels_package" {
  description = "The zip of the dbt project's packages, built by `make lambda`."
  type        = string
}

variable "open_library_contact" {
  description = "Email address or URL, sent to Open Library with each request: clients that identify themselves may make 3 requests a second instead of 1."
  type        = string

  validation {
    condition     = can(regex("^([^\\s@()<>]+@[^\\s@()<>]+\\.[^\\s@()<>]+|https?://[^\\s()<>]+)$", var.open_library_contact))
    error_message = "open_library_contact is neither an email address nor a URL."
  }
}

variable "dumps" {
  description = "Whether Open Library's monthly dumps are landed, too: 42 million works. The runbook says what that costs."
  type        = bool
  default     = false
}

variable "alarm_emails" {
  description = "Email addresses that are notified of failures; each has to confirm once."
  type        = set(string)
  default     = []
}

variable "schedules" {
  description = "When to start loads, builds, and builds that end with maintenance of the tables, as EventBridge Scheduler expressions in UTC."
  type = object({
    load     = optional(string, "cron(0 1 * * ? *)")
    build    = optional(string, "cron(0 5 ? * MON-SAT *)")
    maintain = optional(string, "cron(0 5 ? * SUN *)")
  })
  default = {}
}

variable "schedules_enabled" {
  description = "Whether the schedules run; false pauses them all."
  type        = bool
  default     = true
}

variable "stale_after_days" {
  description = "Days without a successful build after which the tables count as stale."
  type        = number
  default     = 1

  validation {
    condition     = contains([1, 2, 3, 4, 5, 6], var.stale_after_days)
    error_message = "stale_after_days must be 1 to 6 whole days: CloudWatch looks back a week at most."
  }
}

variable "first_load_date" {
  description = "The first day, YYYY-MM-DD, for which the raw tables have partitions. Athena looks into each day since then, unless a statement names the days it wants."
  type        = string
  default     = "2026-01-01"

  validation {
    condition     = can(regex("^\\d{4}-\\d{2}-\\d{2}$", var.first_load_date)) && can(timeadd("${var.first_load_date}T00:00:00Z", "0s"))
    error_message = "first_load_date is not a valid date: use YYYY-MM-DD."
  }
}

variable "bytes_scanned_cutoff" {
  description = "Bytes after which Athena cancels a statement, for builds and for analysts. 20 GiB cost $0.10, 10 GiB $0.05."
  type = object({
    build    = optional(number, 20 * 1024 * 1024 * 1024)
    analysts = optional(number, 10 * 1024 * 1024 * 1024)
  })
  default = {}

  validation {
    condition     = min(var.bytes_scanned_cutoff.build, var.bytes_scanned_cutoff.analysts) >= 10 * 1024 * 1024
    error_message = "bytes_scanned_cutoff must be at least Athena's minimum, 10 MiB (10485760)."
  }
}

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
  default     = 365
}

variable "kms_key_arn" {
  description = "The KMS key, in this region, that encrypts the buckets and Athena's results; null is S3's own encryption. Its key policy must let this account's IAM policies grant its use, as AWS's default does. An object keeps the key that it was written with: whoever changes the key grants the use of the former one."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:\\d{12}:key/[0-9A-Za-z-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is not the ARN of a key (arn:aws:kms:REGION:ACCOUNT:key/ID); an alias is not enough."
  }
}

variable "monthly_budget" {
  description = "US dollars a month for Athena, CodeBuild and Lambda in the whole account: AWS warns when 80 % are spent, and when it forecasts more. null sets no budget."
  type        = number
  default     = null

  validation {
    condition     = var.monthly_budget == null || try(var.monthly_budget > 0, false)
    error_message = "monthly_budget must be more than 0 US dollars."
  }
}

variable "force_destroy" {
  description = "Whether `terraform destroy` may delete what can be rebuilt (the other buckets, the workgroups) with everything in it."
  type        = bool
  default     = false
}

variable "force_destroy_raw" {
  description = "Whether `terraform destroy` may delete the raw zone, which cannot be fetched again."
  type        = bool
  default     = false
}
