variable "region" {
  description = "The AWS region."
  type        = string
  default     = "us-east-1"
}

variable "name" {
  description = "Prefix of every resource name."
  type        = string
  default     = "book-analytics"
}

variable "open_library_contact" {
  description = "Email address or URL, sent to Open Library with each request."
  type        = string
}

variable "dumps" {
  description = "Whether Open Library's monthly dumps are landed, too."
  type        = bool
  default     = false
}

variable "alarm_emails" {
  description = "Email addresses that are notified of failures."
  type        = set(string)
  default     = []
}

variable "first_load_date" {
  description = "The earliest day, YYYY-MM-DD, of raw data."
  type        = string
  default     = "2026-01-01"
}

variable "schedules_enabled" {
  description = "Whether the schedules run."
  type        = bool
  default     = true
}

variable "kms_key_arn" {
  description = "The KMS key that encrypts the buckets and Athena's results, instead of S3's own encryption."
  type        = string
  default     = null
}

variable "monthly_budget" {
  description = "US dollars a month for Athena, CodeBuild and Lambda: AWS warns at 80 %."
  type        = number
  default     = null
}

variable "force_destroy" {
  description = "Whether `terraform destroy` may delete the tables, results and packages."
  type        = bool
  default     = false
}

variable "force_destroy_raw" {
  description = "Whether `terraform destroy` may delete the raw zone, which cannot be fetched again."
  type        = bool
  default     = false
}
