//go:build tools

// Package provider pins the Terraform provider for OpenStack with all that it is built from.
package provider

import _ "github.com/terraform-provider-openstack/terraform-provider-openstack/v3"
