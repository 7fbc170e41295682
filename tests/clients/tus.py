"""Sends a file by tuspy: ENDPOINT FILE CHUNK_SIZE STOP_AT. Prints the URL of the upload.

It sends a checksum with each chunk. With STOP_AT it stops there, and goes on by what was remembered, as another run would.
"""

import os
import sys

from tusclient.client import TusClient
from tusclient.storage.filestorage import FileStorage

endpoint, file, chunk_size, stop_at = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])


def uploader():
    return TusClient(endpoint).uploader(
        file,
        chunk_size=chunk_size,
        metadata={"filename": os.path.basename(file)},
        upload_checksum=True,
        store_url=True,
        url_storage=FileStorage("urls.json"),
    )


if stop_at:
    uploader().upload(stop_at=stop_at)
last = uploader()
last.upload()
print(last.url)
