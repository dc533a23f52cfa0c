"""Starting and stopping: one clear sentence where Discord won't have us, a clean end when we are told to stop."""

import asyncio
import contextlib
import ctypes
import gc
import logging
import os
import re
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
from bot.discord_frontend.client import PilcrowClient
from bot.discord_frontend.common import error_handler
from bot.discord_frontend.common.first_response import FirstResponseAdapter
from bot.discord_frontend.gateway import fatal_errors
from bot.discord_frontend.gateway.sharded_client import ShardedClient, make_client
from bot.discord_frontend.gateway.startup_retry import retry_requests
from bot.editing.editor import Editor
from bot.errors import StartError, TemporaryStartError
from bot.journal.journal import Journal
from bot.ops import log_setup

COLLECT = (20_000, 20, 50)
"""Objects made, and rounds over the young ones, before Python looks through more; by default 700, 10 and 10."""
SETTLED = 5.0  # seconds after which everything is loaded
GIVE_BACK = 60.0  # seconds between two times that free memory is given back, which takes a millisecond or two
FINISH = 3.0  # seconds for the answers that are under way when we are told to stop
CLOSE = 1.0  # seconds for taking leave of Discord
GONE = 4.8  # seconds after which the process is gone, whatever hangs
ANSWERING = ("discord.py: on_message", "discord.py: on_interaction", "CommandTree-invoker", "discord-ui-")
"""How discord.py names the tasks that answer somebody."""
LATER = "try again in a few minutes"
HINTS = {403: "it refuses this address or application"}
log = logging.getLogger(__name__)


def run(
    config: Config, knowledge_base: KnowledgeBase, journal: Journal, token: str, *, editor: Editor | None = None
) -> None:
    """Run the bot until it is told to stop (SIGINT, SIGTERM). Raise StartError. `editor` changes the base for moderators."""
    log_setup.configure_logging(config.log_level, config.log_format)
    quiet()
    try:
        asyncio.run(
            _settled(serve(config, knowledge_base, journal, token, editor=editor, told_to_stop=_be_gone_in_time))
        )
    finally:
        journal.close()


async def _settled(running: Coroutine[None, None, None]) -> None:
    """Runs the bot, and has Python no longer look through what stays whenever it looks for what can be thrown away.

    That is the base, and what is loaded in the first seconds; looking through it stops the loop for a tenth of a second.
    What a crowd asks for is not worth looking through time and again either, while all of it is still in use.
    """
    gc.freeze()
    gc.set_threshold(*COLLECT)
    asyncio.get_running_loop().call_later(SETTLED, gc.freeze)
    giving_back = asyncio.create_task(_give_back())
    try:
        await running
    finally:
        giving_back.cancel()


async def _give_back() -> None:
    """Gives the system back the memory that is free, now and then.

    glibc keeps it in pieces between what is in use: 7 MB of it after 100,000 questions, had it never been asked to.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    while trim is not None:
        await asyncio.sleep(GIVE_BACK)
        trim(0)


def quiet() -> None:
    """Keeps discord.py from saying what we say ourselves, without ids, and that it can't speak, which we never do."""
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
    told_to_stop: Callable[[], None] = lambda: None,
) -> None:
    """The same inside an event loop; the journal stays open. Raises StartError."""
    client = make_client(config, knowledge_base, journal, editor)
    loop = asyncio.get_running_loop()
    closing: list[asyncio.Task[None]] = []
    running = loop.create_task(start(client, token), name="running")

    async def end() -> None:
        await finish(client)
        running.cancel()

    def stop() -> None:
        if not closing:
            log.info("Told to stop")
            told_to_stop()
            closing.append(loop.create_task(end()))

    for one in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # on Windows, where Ctrl+C ends the loop by itself
            loop.add_signal_handler(one, stop)
    try:
        await asyncio.wait({running})
        if not closing:
            await running
        elif not running.cancelled() and (error := running.exception()):
            log.debug("While stopping", exc_info=error)
    finally:
        for one in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(one)
        await asyncio.gather(*closing)


async def finish(client: PilcrowClient) -> None:
    """Lets the answers that are under way be given, and closes the connection; takes FINISH and CLOSE at most."""
    loop = asyncio.get_running_loop()
    end = loop.time() + FINISH
    while (answering := _answering()) and (left := end - loop.time()) > 0:
        await asyncio.wait(answering, timeout=left)
    if answering:
        log.warning("%d answers were not finished in time", len(answering))
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(client.close(), CLOSE)


def _answering() -> set[asyncio.Task[object]]:
    """The tasks in which discord.py runs what answers somebody."""
    return {task for task in asyncio.all_tasks() if task.get_name().startswith(ANSWERING)}


def _be_gone_in_time() -> None:
    """Ends the process should something hang, such as a disk: what the journal has taken is safe in any case."""

    def leave() -> None:
        log.warning("Something hangs; the process ends without it")
        logging.shutdown()
        os._exit(0)

    timer = threading.Timer(GONE, leave)
    timer.daemon = True
    timer.start()


async def start(client: PilcrowClient, token: str) -> None:
    """Log in and stay connected until the client is closed. Raise StartError where trying again would not help."""
    if not token:
        raise StartError(fatal_errors.NO_TOKEN)
    if not re.fullmatch(r"[\x21-\x7e]+", token):
        raise StartError(fatal_errors.INVALID_TOKEN)
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
            f"Discord answered {error.status} at {api}: {HINTS.get(error.status, LATER)}"
        ) from error
    except (OSError, aiohttp.ClientError, discord.GatewayNotFound) as error:
        raise TemporaryStartError(
            f"Discord can't be reached at {api}: check the network, a proxy or a firewall"
        ) from error
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        log.debug("While logging in", exc_info=True)
        raise TemporaryStartError(
            f"what answers at {api} does not speak Discord's language: check PILCROW_DISCORD_API"
        ) from error


async def _find_gateway(client: PilcrowClient) -> None:
    """Point discord.py at the gateway of the settings, or at the one that another server's API names."""
    address = client.config.gateway
    if isinstance(client, ShardedClient):
        found = await client.prepare()
        address = address or found
    elif address is None and client.config.api != settings.DISCORD_API:
        _, address, _ = await client.http.get_bot_gateway()
    if address is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address)
