variable "name" {
  description = "What everything is named after; databases have _ where this has -."
  type        = string
  default     = "book-analytics"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,28}[a-z0-9]$", var.name))
    error_message = "name is part of bucket names: give 3 to 30 of a-z, 0-9 and -, a letter first."
  }
}

variable "project_root" {
  description = "Folder of the dbt project: its sources, schemas and tracked subjects are read there."
  type        = string

  validation {
    condition     = fileexists("${var.project_root}/dbt_project.yml")
    error_message = "project_root holds no dbt_project.yml: give the repository's root."
  }
}

variable "loader_package" {
  description = "The loader's zip, made by `make lambda`."
  type        = string
}

variable "dbt_package" {
  description = "The dbt project's zip, made by `make lambda`."
  type        = string
}

variable "open_library_contact" {
  description = "Mail address or URL, sent to Open Library with each request: it permits those who say who they are 3 requests a second instead of 1."
  type        = string

  validation {
    condition     = can(regex("^([^\\s@()<>]+@[^\\s@()<>]+\\.[^\\s@()<>]+|https?://[^\\s()<>]+)$", var.open_library_contact))
    error_message = "open_library_contact is no mail address and no URL."
  }
}

variable "alarm_emails" {
  description = "Who is told when something fails; each confirms a mail once."
  type        = set(string)
  default     = []
}

variable "schedules" {
  description = "When loads, builds, and builds that end with the tables' maintenance start, as EventBridge Scheduler expressions in UTC."
  type = object({
    load     = optional(string, "cron(0 1 * * ? *)")
    build    = optional(string, "cron(0 5 ? * MON-SAT *)")
    maintain = optional(string, "cron(0 5 ? * SUN *)")
  })
  default = {}
}

variable "schedules_enabled" {
  description = "Whether the schedules run; false keeps everything still."
  type        = bool
  default     = true
}

variable "stale_after_days" {
  description = "Days without a succeeded build after which the tables count as stale."
  type        = number
  default     = 1

  validation {
    condition     = contains([1, 2, 3, 4, 5, 6], var.stale_after_days)
    error_message = "stale_after_days: CloudWatch looks back a week at most: 1 to 6 whole days."
  }
}

variable "first_load_date" {
  description = "The first day, YYYY-MM-DD, that the raw tables have partitions for. Athena looks into each day since, unless a statement says which it wants."
  type        = string
  default     = "2026-01-01"

  validation {
    condition     = can(regex("^\\d{4}-\\d{2}-\\d{2}$", var.first_load_date)) && can(timeadd("${var.first_load_date}T00:00:00Z", "0s"))
    error_message = "first_load_date is no day: give YYYY-MM-DD."
  }
}

variable "bytes_scanned_cutoff" {
  description = "Bytes after which Athena cancels a statement: of a build, of an analyst. 20 GiB cost $0.10, 10 GiB $0.05."
  type = object({
    build    = optional(number, 20 * 1024 * 1024 * 1024)
    analysts = optional(number, 10 * 1024 * 1024 * 1024)
  })
  default = {}

  validation {
    condition     = min(var.bytes_scanned_cutoff.build, var.bytes_scanned_cutoff.analysts) >= 10 * 1024 * 1024
    error_message = "bytes_scanned_cutoff: Athena's smallest is 10 MiB (10485760)."
  }
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 365
}

variable "force_destroy" {
  description = "Whether `terraform destroy` may delete buckets and workgroups with all that they hold."
  type        = bool
  default     = false
}
