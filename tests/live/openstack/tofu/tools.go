//go:build tools

// Package tofu pins OpenTofu with all that it is built from.
package tofu

import _ "github.com/opentofu/opentofu/cmd/tofu"
