"""Stands in for Colab's own package: by its presence programs know that they run on Colab."""
