"""The shared cloud: plans as values, Pulumi components that carry them out, previews without a cloud."""
