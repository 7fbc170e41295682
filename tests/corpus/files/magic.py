MAGIC = b"%PDF-1.7"
