//go:build tools

// Package language pins the part of the Pulumi engine that runs Python programs for `pulumi preview`.
package language

import _ "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
