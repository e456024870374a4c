"""The province that the demo lives in: a year of Phetchabun's offices, played by the product's own operations."""
