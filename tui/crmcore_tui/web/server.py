"""The server: the page, the terminal's own files, and a websocket to each visitor's board."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

import click
import textual_serve
from aiohttp import WSMsgType, web

from crmcore.dialect import Dialect
from crmcore.errors import UsageError
from crmcore.wording import Text
from crmcore_tui.web.boardprocess import BoardProcess
from crmcore_tui.web.doors import TOKEN_VARIABLE, Doors, given_token
from crmcore_tui.web.page import board_page, policy, stranger_page

MOST_BOARDS = 8
_STATIC = Path(textual_serve.__file__).parent / "static"
_LONGEST_MESSAGE = 1 << 20
_NONCE = "crmcore.nonce"

ADDRESS = Text("看板地址：{url}", "The board: {url}")
WORKS_ONCE = Text(
    "这个地址只能打开一次。按 ctrl+c 结束。", "This address opens once. ctrl+c ends the server."
)
WITH_TOKEN = Text(
    "进入时要输入 {variable} 里的口令。按 ctrl+c 结束。",
    "It asks for the token in {variable}. ctrl+c ends the server.",
)
TOO_MANY = Text("看板开得太多了，请先关闭一个。", "Too many boards are open; close one first.")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class BoardServer:
    """Serves the board that *command* starts to whom *doors* let in."""

    def __init__(self, command: Sequence[str], doors: Doors, dialect: Dialect) -> None:
        self._command = command
        self._doors = doors
        self._dialect = dialect
        self._boards: set[BoardProcess] = set()
        # Cookies know no ports: a name of its own keeps two servers on one machine apart.
        self._cookie = f"crmcore_{secrets.token_hex(4)}"

    def app(self) -> web.Application:
        """The application."""
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/", self._page)
        app.router.add_get("/ws", self._board)
        app.router.add_static("/static", _STATIC)
        app.on_response_prepare.append(self._headers)
        app.on_shutdown.append(self._shut_down)
        return app

    # who may come in

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        request[_NONCE] = secrets.token_urlsafe(16)
        doors, host = self._doors, request.headers.get("Host", "")
        origin, socket = request.headers.get("Origin"), request.path == "/ws"
        if not doors.knows_host(host) or not doors.knows_origin(origin, host, needed=socket):
            return web.Response(status=403, text="403")
        if doors.knows_cookie(request.cookies.get(self._cookie, "")):
            return await handler(request)
        if request.path == "/" and (cookie := doors.exchange(await _offered(request))):
            # On to the address without the token, which then stands in no history.
            response = web.HTTPSeeOther("/")
            response.set_cookie(
                self._cookie, cookie, httponly=True, samesite="Strict", secure=request.secure
            )
            return response
        page = stranger_page(self._dialect, once=doors.once)
        return web.Response(status=403, text=page, content_type="text/html")

    async def _headers(self, request: web.Request, response: web.StreamResponse) -> None:
        nonce = request.get(_NONCE) or secrets.token_urlsafe(16)
        host = request.headers.get("Host", "")
        known = host if self._doors.knows_host(host) else "invalid"
        response.headers["Content-Security-Policy"] = policy(known, nonce)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"

    # what they get

    async def _page(self, request: web.Request) -> web.Response:
        wanted = request.query.get("fontsize", "")
        size = int(wanted) if wanted.isdecimal() and len(wanted) < 3 else 16
        page = board_page(self._dialect, size=max(size, 6), nonce=request[_NONCE])
        return web.Response(text=page, content_type="text/html")

    async def _board(self, request: web.Request) -> web.StreamResponse:
        if len(self._boards) >= MOST_BOARDS:
            return web.Response(status=503, text=self._dialect.say(TOO_MANY))
        socket = web.WebSocketResponse(heartbeat=15, max_msg_size=_LONGEST_MESSAGE)
        board = BoardProcess(self._command, socket.send_bytes, socket.send_str, socket.close)
        self._boards.add(board)
        closing = None
        try:
            await socket.prepare(request)
            await board.begin(request.query.get("width"), request.query.get("height"))
            closing = asyncio.create_task(_close_after(board, socket))
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await _pass_on(board, socket, message.data)
        finally:
            if closing is not None:
                closing.cancel()
            await asyncio.shield(self._end(board))
        return socket

    async def _end(self, board: BoardProcess) -> None:
        await board.end()
        self._boards.discard(board)

    async def _shut_down(self, app: web.Application) -> None:
        await asyncio.gather(*(board.end() for board in self._boards))


async def _offered(request: web.Request) -> str:
    """The token that a request offers: in the address, or in the form."""
    if request.method == "POST":
        return str((await request.post()).get("token", ""))
    return request.query.get("token", "") if request.method == "GET" else ""


async def _close_after(board: BoardProcess, socket: web.WebSocketResponse) -> None:
    await board.ended()
    await socket.close()


async def _pass_on(board: BoardProcess, socket: web.WebSocketResponse, text: str) -> None:
    """Tell the board what the browser sent; what makes no sense is left out."""
    try:
        kind, *rest = json.loads(text)
        data = rest[0] if rest else None
    except (ValueError, TypeError):
        return
    if kind == "stdin" and isinstance(data, str):
        await board.send_bytes(data.encode("utf-8", "replace"))
    elif kind == "resize" and isinstance(data, dict):
        await board.resize(data.get("width"), data.get("height"))
    elif kind == "ping":
        await socket.send_json(["pong", data])
    elif kind == "blur":
        await board.blur()
    elif kind == "focus":
        await board.focus()


def serve(command: Sequence[str], host: str, port: int, dialect: Dialect) -> None:
    """Serve the board that *command* starts until Ctrl+C.

    Raises ConfigError where a token is needed, UsageError where *host* and *port* cannot be had.
    """
    asyncio.run(_serve(command, host, port, dialect))


async def _serve(command: Sequence[str], host: str, port: int, dialect: Dialect) -> None:
    doors = Doors(host, given_token())
    # The access log would hold the token.
    runner = web.AppRunner(
        BoardServer(command, doors, dialect).app(), access_log=None, shutdown_timeout=5.0
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host.strip("[]"), port)
        try:
            await site.start()
        except OSError as error:
            raise UsageError(
                f"The board cannot be served on {host}, port {port}: {error.strerror or error}. "
                "`--port 0` takes any port that is free."
            ) from error
        _tell(doors, host, runner.addresses[0][1], dialect)
        await _stopped()
    finally:
        await runner.cleanup()


def _tell(doors: Doors, host: str, port: int, dialect: Dialect) -> None:
    name = f"[{host}]" if ":" in host and not host.startswith("[") else host
    query = f"?token={doors.token}" if doors.once else ""
    click.echo(dialect.say(ADDRESS).format(url=f"http://{name}:{port}/{query}"))
    told = WORKS_ONCE if doors.once else WITH_TOKEN
    click.echo(dialect.say(told).format(variable=TOKEN_VARIABLE))


async def _stopped() -> None:
    """Until somebody ends the server; where there are no signals, Ctrl+C ends the loop itself."""
    stop = asyncio.Event()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            with suppress(NotImplementedError):
                asyncio.get_running_loop().add_signal_handler(getattr(signal, name), stop.set)
    await stop.wait()
