"""One TOML file a model: the shape in Hugging Face's names, its source, and published counts."""
