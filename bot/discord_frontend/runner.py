"""Starting and stopping the bot: one clear error if Discord refuses it, and a clean shutdown on a signal."""

import asyncio
import contextlib
import ctypes
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.webhook.async_ import async_context

from bot import config as settings
from bot.answering.knowledge_base import KnowledgeBase
from bot.config import Config
from bot.discord_frontend.client import POST_TASK, PilcrowClient
from bot.discord_frontend.common import error_handler
from bot.discord_frontend.common.first_response import FirstResponseAdapter
from bot.discord_frontend.gateway import fatal_errors, token_format
from bot.discord_frontend.gateway.sharded_client import ShardedClient, make_client
from bot.discord_frontend.gateway.startup_retry import retry_requests
from bot.editing.editor import Editor
from bot.errors import StartError, TemporaryStartError
from bot.journal.journal import Journal
from bot.ops import log_setup

GC_THRESHOLDS = (5_000, 20, 50)
"""Thresholds of the garbage collector's generations; 700, 10 and 10 by default.

With a first one of 20,000, 4 MB of young garbage lay about; with a second one of 80, 2 MB of what had been in use at an
earlier collection.
"""
STARTUP_SECONDS = 5.0  # after which everything is loaded
TRIM_INTERVAL = 60.0  # seconds between two calls that return free memory to the system, each a millisecond or two
FINISH_TIMEOUT = 3.0  # seconds at shutdown for the answers under way
CLOSE_TIMEOUT = 1.0  # seconds for closing the connections
EXIT_DEADLINE = 4.8  # seconds after which the process exits, whatever hangs
ANSWERING_TASKS = (
    "discord.py: on_message",
    "discord.py: on_interaction",
    "CommandTree-invoker",
    "discord-ui-",
    POST_TASK,
)
"""How discord.py names the tasks that handle messages and interactions; announcements of the client are finished too."""
RETRY_LATER = "try again in a few minutes"
HINTS = {403: "it refuses this IP address or application"}
log = logging.getLogger(__name__)


def run(
    config: Config, knowledge_base: KnowledgeBase, journal: Journal, token: str, *, editor: Editor | None = None
) -> None:
    """Run the bot until it is told to stop (SIGINT, SIGTERM). Raise StartError. `editor` changes the base for moderators."""
    log_setup.configure_logging(config.log_level, config.log_format)
    quiet_discord_logs()
    try:
        asyncio.run(
            _with_tuned_memory(serve(config, knowledge_base, journal, token, editor=editor, on_stop=_exit_by_deadline))
        )
    finally:
        journal.close()


async def _with_tuned_memory(running: Coroutine[None, None, None]) -> None:
    """Run the bot with the garbage collector tuned to a large heap that stays.

    The base, and what is loaded in the first seconds, is frozen: collecting it would block the event loop for a tenth of
    a second. Higher thresholds keep a crowd's short-lived objects from being scanned while they are still in use.
    """
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    asyncio.get_running_loop().call_later(STARTUP_SECONDS, gc.freeze)
    trimming = asyncio.create_task(_trim_memory())
    try:
        await running
    finally:
        trimming.cancel()


async def _trim_memory() -> None:
    """Return free memory to the system every TRIM_INTERVAL.

    glibc would keep it fragmented: 7 MB of it after 100,000 questions.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    while trim is not None:
        await asyncio.sleep(TRIM_INTERVAL)
        trim(0)


def quiet_discord_logs() -> None:
    """Silence discord.py's log lines that we log ourselves without ids, and its warnings about voice."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    for name in ("discord.http", "discord.webhook"):
        logging.getLogger(name).setLevel(logging.ERROR)


async def serve(
    config: Config,
    knowledge_base: KnowledgeBase,
    journal: Journal,
    token: str,
    *,
    editor: Editor | None = None,
    on_stop: Callable[[], None] = lambda: None,
) -> None:
    """Run the bot inside an event loop, until a signal; `on_stop` is called then. Raise StartError."""
    client = make_client(config, knowledge_base, journal, editor)
    loop = asyncio.get_running_loop()
    closing: list[asyncio.Task[None]] = []
    running = loop.create_task(start(client, token), name="running")

    async def end() -> None:
        await shut_down(client)
        running.cancel()

    def stop() -> None:
        if not closing:
            log.info("Stopping")
            on_stop()
            closing.append(loop.create_task(end()))

    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # on Windows, where Ctrl+C ends the loop by itself
            loop.add_signal_handler(number, stop)
    try:
        await asyncio.wait({running})
        if not closing:
            await running
        elif not running.cancelled() and (error := running.exception()):
            log.debug("While stopping", exc_info=error)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)
        await asyncio.gather(*closing)


async def shut_down(client: PilcrowClient) -> None:
    """Finish the answers under way and close the client, within FINISH_TIMEOUT and CLOSE_TIMEOUT."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + FINISH_TIMEOUT
    while (answering := _answering_tasks()) and (remaining := deadline - loop.time()) > 0:
        await asyncio.wait(answering, timeout=remaining)
    if answering:
        log.warning("%d answers were not finished in time", len(answering))
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(client.close(), CLOSE_TIMEOUT)


def _answering_tasks() -> set[asyncio.Task[object]]:
    """Return the tasks that are answering somebody."""
    return {task for task in asyncio.all_tasks() if task.get_name().startswith(ANSWERING_TASKS)}


def _exit_by_deadline() -> None:
    """Exit the process if the shutdown hangs, such as on a disk: what the journal has written is safe."""

    def exit_now() -> None:
        log.warning("The shutdown hangs; exiting anyway")
        logging.shutdown()
        os._exit(0)

    timer = threading.Timer(EXIT_DEADLINE, exit_now)
    timer.daemon = True
    timer.start()


async def start(client: PilcrowClient, token: str) -> None:
    """Log in and stay connected until the client is closed. Raise StartError if retrying would not help."""
    if problem := token_format.typing_problem(token):
        raise StartError(problem)
    api = client.config.api
    asyncio.get_running_loop().set_exception_handler(error_handler.UnhandledExceptionHandler())
    async_context.set(FirstResponseAdapter())
    try:
        async with client:
            Route.BASE = api  # discord.py has no setting for it
            client.health_task.start()
            with retry_requests(client, api):
                await client.login(token)
                await _find_gateway(client)
            await client.connect()
    except discord.LoginFailure as error:
        raise StartError(fatal_errors.INVALID_TOKEN) from error
    except discord.HTTPException as error:
        raise TemporaryStartError(
            f"Discord answered {error.status} at {api}: {HINTS.get(error.status, RETRY_LATER)}"
        ) from error
    except (OSError, aiohttp.ClientError, discord.GatewayNotFound) as error:
        raise TemporaryStartError(
            f"Discord can't be reached at {api}: check the network, a proxy or a firewall"
        ) from error
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        log.debug("While logging in", exc_info=True)
        raise TemporaryStartError(f"{api} is not Discord's API: check PILCROW_DISCORD_API") from error


async def _find_gateway(client: PilcrowClient) -> None:
    """Point discord.py at the gateway of the settings, or at the one that a custom API names."""
    address = client.config.gateway
    if isinstance(client, ShardedClient):
        url = await client.prepare()
        address = address or url
    elif address is None and client.config.api != settings.DISCORD_API:
        _, address, _ = await client.http.get_bot_gateway()
    if address is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address)
