"""The board in a browser: who is let in, what they see, and that nothing stays behind."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

aiohttp = pytest.importorskip("aiohttp", reason="the extra web is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SECONDS = 60
FOLDER = "客户 $(touch pwned) 'a' \"b\" ;&"
"""A folder that means something to a shell."""


@frozen
class Served:
    """A running server: its process, the address with the token, and without."""

    process: subprocess.Popen[str]
    folder: Path
    entry: str
    url: str

    def boards(self) -> list[int]:
        """The processes of the boards that are open."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(word) for word in found.stdout.split()]


def environment(**more: str) -> dict[str, str]:
    """This process's environment without a token, and *more*."""
    kept = {name: value for name, value in os.environ.items() if name != "CRMCORE_WEB_TOKEN"}
    return {**kept, "PYTHONUTF8": "1", **more}


def start(folder: Path, *options: str, **more: str) -> Served:
    """A server on a free port, for the workspace in *folder*."""
    process = subprocess.Popen(
        [sys.executable, "-m", "crmcore", "-C", str(folder), "--lang", "en", "--actor", "a; $(b) 'c'",
         "board", "--web", "--port", "0", *options],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", env=environment(**more),
    )  # fmt: skip
    line = process.stdout.readline()
    assert "http://" in line, line + process.stdout.read()
    entry = line.split()[-1]
    return Served(process, folder, entry, entry.split("?")[0].rstrip("/"))


def stop(served: Served) -> int:
    """End the server as Ctrl+C does, and see that it ended."""
    if served.process.poll() is None:
        served.process.send_signal(signal.SIGINT)
    try:
        return served.process.wait(SECONDS)
    finally:
        served.process.kill()
        served.process.stdout.close()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Path:
    """A workspace with one customer, in a folder with an unkind name."""
    folder = tmp_path_factory.mktemp("web") / FOLDER
    folder.mkdir()
    (folder / "crm.toml").write_text('store = "json:crm $(x).json"\ntimezone = "UTC"\n', "utf-8")
    subprocess.run(
        [sys.executable, "-m", "crmcore", "-C", folder, "add", "Northwind 北风", "--phone", "139"],
        check=True, capture_output=True, env=environment(),
    )  # fmt: skip
    return folder


@pytest.fixture
def folder(workspace, tmp_path) -> Path:
    """A copy of that workspace, of the test's own."""
    return shutil.copytree(workspace, tmp_path / FOLDER)


@pytest.fixture
def served(folder) -> Iterator[Served]:
    """A server of that workspace."""
    served = start(folder)
    yield served
    stop(served)


@asynccontextmanager
async def visitor() -> AsyncIterator[Any]:
    """A browser without a screen: it keeps cookies, also those of bare addresses."""
    jar = aiohttp.CookieJar(unsafe=True)
    limit = aiohttp.ClientTimeout(total=SECONDS)
    async with aiohttp.ClientSession(cookie_jar=jar, timeout=limit) as session:
        yield session


async def status(session: Any, url: str, **headers: str) -> int:
    """What the server answers a question with."""
    async with session.get(url, headers=headers, allow_redirects=False) as answer:
        await answer.read()
        return answer.status


async def enter(session: Any, served: Served) -> None:
    """Exchange the token for a cookie."""
    async with session.get(served.entry) as answer:
        assert answer.status == 200
        assert str(answer.url) == f"{served.url}/"


async def screen(session: Any, served: Served, wanted: str, keys: str = "") -> str:
    """What a board writes until *wanted* is among it, after *keys*."""
    written = b""
    async with session.ws_connect(
        f"{served.url}/ws?width=120&height=40", origin=served.url
    ) as socket:
        async for message in socket:
            if message.type is aiohttp.WSMsgType.BINARY:
                written += message.data
            if keys and b"Northwind" in written:
                await socket.send_json(["stdin", keys])
                keys = ""
            if not keys and wanted.encode() in written:
                break
    return written.decode("utf-8", "replace")


# who is let in


async def test_the_token_opens_once(served) -> None:
    async with visitor() as first, visitor() as second:
        async with first.get(served.entry, allow_redirects=False) as answer:
            assert answer.status == 303
            assert answer.headers["Location"] == "/"
            cookie = answer.headers["Set-Cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=Strict" in cookie
        assert await status(first, served.url) == 200
        assert await status(second, served.entry) == 403
        assert await status(second, served.url) == 403
        assert await status(first, served.entry) == 200  # who is in already stays in


PATHS = ("/", "/ws", "/static/js/textual.js", "/static/", "/nothing", "/?token=wrong", "/?token=")


async def test_without_the_cookie_nothing_is_to_be_had(served) -> None:
    async with visitor() as stranger:
        for path in PATHS:
            stranger.cookie_jar.clear()
            assert await status(stranger, served.url + path, Origin=served.url) == 403, path
            stranger.cookie_jar.update_cookies({"crmcore": "x", "crmcore_0": "x"})
            assert await status(stranger, served.url + path, Origin=served.url) == 403, path
        await enter(stranger, served)  # the guesses did not use the token up


async def test_a_question_about_the_address_does_not_use_the_token_up(served) -> None:
    async with visitor() as asker:
        async with asker.head(served.entry) as answer:
            assert answer.status == 403
        await enter(asker, served)


HOSTS = {
    "evil.example": 403,
    "evil.example:{port}": 403,
    "127.0.0.1.evil.example:{port}": 403,
    "10.0.0.1:{port}": 403,
    "": 403,
    "localhost:{port}; script-src *": 403,
    "localhost:{port}": 200,
    "localhost:9999": 200,  # the other end of a tunnel
    "[::1]:{port}": 200,
}


async def test_only_our_own_names_are_answered(served) -> None:
    async with visitor() as guest:
        await enter(guest, served)
        for host, code in HOSTS.items():
            named = host.format(port=served.url.rsplit(":", 1)[1])
            assert await status(guest, served.url, Host=named) == code, host


ORIGINS = ("http://evil.example", "http://127.0.0.1:1", "http://localhost:{port}", "null", "", None)


async def test_only_our_own_page_reaches_the_board(served) -> None:
    async with visitor() as guest:
        await enter(guest, served)
        for origin in ORIGINS:
            said = None if origin is None else origin.format(port=served.url.rsplit(":", 1)[1])
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await guest.ws_connect(f"{served.url}/ws", origin=said)
            assert refused.value.status == 403, origin
    assert served.boards() == []


async def test_the_page_may_load_nothing_from_elsewhere(served) -> None:
    async with visitor() as guest:
        await enter(guest, served)
        async with guest.get(served.url) as answer:
            policy, page = answer.headers["Content-Security-Policy"], await answer.text()
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "http://" not in page + policy
        assert "https://" not in page + policy
        assert "//" not in page.replace("://", "").replace("/^http/", "")


# other machines


@pytest.mark.parametrize(
    ("host", "token", "said"),
    [
        ("0.0.0.0", "", "CRMCORE_WEB_TOKEN"),
        ("::", "", "CRMCORE_WEB_TOKEN"),
        ("", "", "CRMCORE_WEB_TOKEN"),
        ("example.com", "", "can be reached from other machines"),
        ("0.0.0.0", "x" * 15, "needs at least 16"),
        ("127.0.0.1", "x" * 15, "needs at least 16"),
    ],
)
def test_other_machines_need_a_token_of_your_own(folder, host, token, said) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crmcore", "-C", folder, "board", "--web", "--port", "0", "--host", host],
        capture_output=True, encoding="utf-8", env=environment(CRMCORE_WEB_TOKEN=token),
        timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


async def test_a_token_of_your_own_is_neither_shown_nor_used_up(folder) -> None:
    token = "correct horse battery"
    served = start(folder, "--host", "0.0.0.0", CRMCORE_WEB_TOKEN=token)
    url = served.url.replace("0.0.0.0", "127.0.0.1")
    try:
        assert served.entry == f"{served.url}/"
        for _ in range(2):
            async with visitor() as guest:
                async with guest.get(url) as answer:
                    assert answer.status == 403
                    assert 'name="token"' in await answer.text()
                async with guest.post(url, data={"token": "correct horse batterie"}) as answer:
                    assert answer.status == 403
                async with guest.post(
                    url, data={"token": token}, headers={"Origin": "http://e"}
                ) as a:
                    assert a.status == 403
                async with guest.post(url, data={"token": token}) as answer:
                    assert answer.status == 200
                assert await status(guest, url, Host="evil.example") == 403
                assert await status(guest, url, Host="192.168.7.7:80") == 200
    finally:
        stop(served)


# the board


async def test_the_board_is_the_parents_workspace_and_acts_as_its_actor(served) -> None:
    async with visitor() as guest:
        await enter(guest, served)
        written = await screen(guest, served, "Saved", keys="ohello\r")
        assert " crmcore " in written
        assert "Northwind 北风" in written
        assert "log a contact" in written  # --lang en
    listed = subprocess.run(
        [sys.executable, "-m", "crmcore", "-C", served.folder, "history", "--format", "json"],
        capture_output=True, encoding="utf-8", env=environment(), check=True,
    )  # fmt: skip
    newest = json.loads(listed.stdout)[0]
    assert (newest["action"], newest["actor"]) == ("log", "a; $(b) 'c'")
    assert not list(Path.cwd().glob("pwned")) + list(served.folder.parent.rglob("pwned"))


async def test_a_closed_board_closes_the_connection_and_its_process(served) -> None:
    async with visitor() as guest:
        await enter(guest, served)
        async with guest.ws_connect(f"{served.url}/ws", origin=served.url) as socket:
            assert (await socket.receive()).type is aiohttp.WSMsgType.BINARY
            assert len(served.boards()) == 1
            await socket.send_json(["stdin", "q"])
            async for _ in socket:
                pass
        while served.boards():
            await asyncio.sleep(0)


RUBBISH = ("", "{", "[]", "7", '["resize", 3]', '["stdin", {}]', '["x"]')


async def test_rubbish_from_the_browser_is_left_out(served) -> None:
    async with visitor() as guest:
        await enter(guest, served)
        async with guest.ws_connect(
            f"{served.url}/ws?width=99999999999999&height=-5", origin=served.url
        ) as socket:
            for rubbish in RUBBISH:
                await socket.send_str(rubbish)
            await socket.send_str('["resize", {"width": 1e99, "height": null}]')
            await socket.send_json(["ping", "there"])
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    assert json.loads(message.data) == ["pong", "there"]
                    break


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
async def test_no_board_outlives_the_server(served, how) -> None:
    async with visitor() as guest:
        await enter(guest, served)
        async with guest.ws_connect(f"{served.url}/ws", origin=served.url) as socket:
            while b"Northwind" not in (await socket.receive()).data:
                pass
            (board,) = served.boards()
            served.process.send_signal(how)
            code = await asyncio.to_thread(served.process.wait, SECONDS)
    assert code == (-9 if how is signal.SIGKILL else 0)
    deadline = asyncio.get_running_loop().time() + SECONDS
    while _runs(board):
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.01)
    if how is not signal.SIGKILL:
        assert "Traceback" not in served.process.stdout.read()


def _runs(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return status != "Z"


def test_a_port_that_is_taken_is_told(served) -> None:
    port = served.url.rsplit(":", 1)[1]
    done = subprocess.run(
        [sys.executable, "-m", "crmcore", "-C", served.folder, "board", "--web", "--port", port],
        capture_output=True, encoding="utf-8", env=environment(), timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "--port 0" in done.stderr


def test_without_a_workspace_nothing_is_served(tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crmcore", "-C", tmp_path, "board", "--web", "--port", "0"],
        capture_output=True, encoding="utf-8", env=environment(), timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "no crmcore workspace" in done.stderr


def test_without_the_extra_it_says_what_to_install(folder, tmp_path) -> None:
    (tmp_path / "aiohttp.py").write_text("raise ImportError('no aiohttp')")
    paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep)
    done = subprocess.run(
        [sys.executable, "-m", "crmcore", "-C", folder, "board", "--web", "--port", "0"],
        capture_output=True, encoding="utf-8", env=environment(PYTHONPATH=paths),
        timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert 'pip install "crmcore[web]"' in done.stderr


# a real browser


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
async def test_a_browser_without_the_internet_shows_the_board(served, tmp_path) -> None:
    shot = tmp_path / "board.png"
    profile = tmp_path / "profile"
    browser = subprocess.Popen(
        [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--no-first-run", "--disable-background-networking", f"--user-data-dir={profile}",
         "--window-size=1280,800", "--remote-debugging-port=0",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "about:blank"],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, encoding="utf-8",
    )  # fmt: skip
    try:
        address = next(line.split()[-1] for line in browser.stderr if "DevTools listening" in line)
        drain = asyncio.create_task(asyncio.to_thread(browser.stderr.read))
        page = await asyncio.wait_for(look(address, served.entry), SECONDS)
    finally:
        browser.terminate()
        browser.wait(SECONDS)
    await drain
    shot.write_bytes(page.picture)
    if keep := os.environ.get("CRMCORE_KEEP_SCREENSHOT"):
        Path(keep).write_bytes(page.picture)
    assert "Northwind 北风" in page.written
    assert " crmcore " in page.written
    assert page.asked
    assert all(url.startswith((served.url, served.url.replace("http", "ws"))) for url in page.asked)
    assert page.complaints == []
    assert page.colours > 50  # letters, smoothed, on several grounds


@frozen
class Looked:
    """What a browser saw: what came over the websocket, what it loaded, and how it looks."""

    written: str
    asked: list[str]
    complaints: list[str]
    picture: bytes
    colours: int


async def look(address: str, url: str) -> Looked:
    """Open *url* in the browser at *address* and wait until the board is drawn."""
    import base64

    written, asked, complaints = b"", [], []
    async with visitor() as session, session.ws_connect(address, max_msg_size=0) as socket:
        number = 0

        async def call(method: str, target: str | None = None, **parameters: object) -> Any:
            nonlocal number, written
            number += 1
            mine = number
            message = {"id": mine, "method": method, "params": parameters}
            await socket.send_json(message | ({"sessionId": target} if target else {}))
            while True:
                heard = json.loads((await socket.receive()).data)
                if heard.get("id") == mine:
                    assert "error" not in heard, heard
                    return heard["result"]
                told = heard.get("params", {})
                match heard.get("method"):
                    case "Network.requestWillBeSent":
                        asked.append(told["request"]["url"])
                    case "Network.webSocketCreated":
                        asked.append(told["url"])
                    case "Network.webSocketFrameReceived":
                        data = told["response"]["payloadData"]
                        if told["response"]["opcode"] == 2:
                            written += base64.b64decode(data)
                    case "Log.entryAdded":
                        if told["entry"]["level"] == "error":
                            complaints.append(told["entry"]["text"])
                    case "Runtime.exceptionThrown":
                        complaints.append(str(told["exceptionDetails"]))

        made = await call("Target.createTarget", url="about:blank")
        attached = await call("Target.attachToTarget", targetId=made["targetId"], flatten=True)
        tab = attached["sessionId"]
        for domain in ("Network", "Log", "Runtime", "Page"):
            await call(f"{domain}.enable", tab)
        await call("Page.navigate", tab, url=url)
        while "Northwind" not in written.decode("utf-8", "replace"):
            await call("Runtime.evaluate", tab, expression="new Promise(requestAnimationFrame)",
                       awaitPromise=True)  # fmt: skip
        # Until the canvases hold more than a ground: xterm draws some frames after it has heard.
        count = """(() => { const seen = new Set();
          for (const canvas of document.querySelectorAll("canvas")) {
            const context = canvas.getContext("2d"); if (!context || !canvas.width) continue;
            const data = context.getImageData(0, 0, canvas.width, canvas.height).data;
            for (let i = 0; i < data.length; i += 4)
              seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
          } return seen.size; })()"""
        colours = 0
        while colours <= 50:
            counted = await call("Runtime.evaluate", tab, expression=count)
            colours = counted["result"]["value"]
        picture = await call("Page.captureScreenshot", tab)
    return Looked(
        written.decode("utf-8", "replace"),
        [url for url in asked if not url.startswith("data:")],
        complaints,
        base64.b64decode(picture["data"]),
        colours,
    )
