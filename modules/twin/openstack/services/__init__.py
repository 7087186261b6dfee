"""What the Python of the local OpenStack's own environment runs; virgem itself imports nothing of it.

Started as `python .../services/__main__.py FOLDER`; there it is known as the package `virgem_services`.
"""
