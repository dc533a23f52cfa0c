"""Downloading a file that somebody has sent, no more of it than is wanted: the size that was stated may be false."""

import aiohttp

TIMEOUT = aiohttp.ClientTimeout(total=60.0)
CHUNK = 64 * 1024


async def download(url: str, max_bytes: int) -> bytes:
    """Return a file, at most one byte more than `max_bytes` of it. Raise aiohttp.ClientError, TimeoutError."""
    data = bytearray()
    # Compressed responses are neither asked for nor decompressed: a small one may become any size.
    async with (
        aiohttp.ClientSession(
            timeout=TIMEOUT, auto_decompress=False, headers={"Accept-Encoding": "identity"}
        ) as session,
        session.get(url, raise_for_status=True) as response,
    ):
        async for chunk in response.content.iter_chunked(CHUNK):
            data += chunk[: max_bytes + 1 - len(data)]
            if len(data) > max_bytes:
                break
    return bytes(data)
