"""A headless Chromium that measures pages and takes pictures of them, driven over a pipe (the DevTools protocol)."""

from __future__ import annotations

import base64
import json
import os
import selectors
import shutil
import subprocess
import tempfile
import time
from types import TracebackType
from typing import Any, Self

from msgspec import Struct

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
MISSING = "There is no Chromium here, which this needs (on Debian: apt-get install chromium)."
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
PATIENCE = 60.0
"""Seconds that one command may take; the first one waits for the start too."""
_SHELL = 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null'
"""Chromium reads commands from descriptor 3 and writes answers to descriptor 4."""


class ChromiumError(Exception):
    """Chromium does not start, stops, or refuses a command."""


class Box(Struct, frozen=True):
    """Where something stands on a page, in CSS pixels."""

    x: float
    y: float
    width: float
    height: float


def find_chromium() -> str | None:
    """Return the path of the first Chromium on the PATH, if there is one."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Chromium:
    """One page of a Chromium with an empty profile, which is gone at the end of the block. Raise ChromiumError."""

    def __init__(self, program: str) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="pictures-", ignore_cleanup_errors=True)
        command = [program, *FLAGS, f"--user-data-dir={self._profile.name}", "about:blank"]
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _SHELL, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        self._received = b""
        self._sent = 0
        self._session: str | None = None

    def __enter__(self) -> Self:
        try:
            target = self._call("Target.createTarget", url="about:blank")["targetId"]
            self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop()

    def show(self, html: str, width: int) -> None:
        """Show a document in a window of `width` CSS pixels, and wait until its fonts are there."""
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", **size)
        frame = self._call("Page.getFrameTree")["frameTree"]["frame"]["id"]
        self._call("Page.setDocumentContent", frameId=frame, html=html)
        self.evaluate("document.fonts.ready.then(() => true)")

    def evaluate(self, script: str) -> Any:
        """Return the value of a JavaScript expression, or what the promise that it is resolves to."""
        result = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise ChromiumError(details.get("exception", {}).get("description") or details["text"])
        return result["result"].get("value")

    def picture(self, box: Box, scale: float = 1) -> bytes:
        """Return a part of the page as PNG, `scale` times as many pixels wide as it is in CSS pixels."""
        clip = {"x": box.x, "y": box.y, "width": box.width, "height": box.height, "scale": scale}
        result = self._call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(result["data"])

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._sent += 1
        command: dict[str, Any] = {"id": self._sent, "method": method, "params": params}
        if self._session:
            command["sessionId"] = self._session
        assert self._process.stdin
        unsent = memoryview(json.dumps(command).encode() + b"\0")
        try:
            while unsent:
                unsent = unsent[self._process.stdin.write(unsent) :]
        except BrokenPipeError as error:
            raise ChromiumError("Chromium has stopped") from error
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self._receive(deadline, method)
            if answer.get("id") != self._sent:
                continue  # an event
            if "error" in answer:
                raise ChromiumError(f"{method}: {answer['error']['message']}")
            result: dict[str, Any] = answer["result"]
            return result

    def _receive(self, deadline: float, method: str) -> dict[str, Any]:
        """Return the next message: JSON that a zero byte ends."""
        assert self._process.stdout
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            parts = [self._received]
            while b"\0" not in parts[-1]:
                if not selector.select(deadline - time.monotonic()):
                    raise ChromiumError(f"Chromium has not answered {method} for {PATIENCE:.0f} seconds")
                parts.append(os.read(self._process.stdout.fileno(), 1 << 20))
                if not parts[-1]:
                    raise ChromiumError("Chromium has stopped")
        message, _, self._received = b"".join(parts).partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer

    def _stop(self) -> None:
        """Ask Chromium to close, and kill it if it does not; then remove its profile."""
        self._session = None
        try:
            self._call("Browser.close")
            self._process.wait(PATIENCE)
        except (ChromiumError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
        self._profile.cleanup()
