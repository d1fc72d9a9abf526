"""smsim: a simulated streaming multiprocessor that executes PTX."""
