"""The Pulumi programs of the shared cloud: `shared`, then `data-<nis>` and `tenant-<nis>` for every tenant.

One code, three ways to run it: `pulumi preview|up` through Pulumi.yaml, `virgem cloud --engine pulumi`, and the
embedded preview. A program gets a value of the cloud plan and nothing else.
"""
