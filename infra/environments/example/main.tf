# One environment: copy the folder for another. Its state is in terraform.tfstate, in this folder,
# until a backend is configured (docs/runbooks/deploy.md, State).

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = { project = "book_analytics", environment = var.name }
  }
}

module "book_analytics" {
  source = "../../modules/book_analytics"

  name                 = var.name
  project_root         = "${path.root}/../../.."
  loader_package       = "${path.root}/../../../build/loader.zip"
  dbt_package          = "${path.root}/../../../build/dbt.zip"
  wheels_package       = "${path.root}/../../../build/wheels.zip"
  open_library_contact = var.open_library_contact
  alarm_emails         = var.alarm_emails
  dumps                = var.dumps
  first_load_date      = var.first_load_date
  schedules_enabled    = var.schedules_enabled
  kms_key_arn          = var.kms_key_arn
  monthly_budget       = var.monthly_budget
  force_destroy        = var.force_destroy
  force_destroy_raw    = var.force_destroy_raw
}
