"""The pages the server shows: the terminal the board is drawn on, and what a stranger sees."""

from __future__ import annotations

from html import escape
from string import Template

from crmcore.dialect import Dialect
from crmcore.wording import Text

T = Text

STARTING = T("正在打开看板…", "Opening the board…")
CLOSED = T("看板已关闭。", "The board is closed.")
AGAIN = T("重新打开", "Open it again")
REFUSED = T("无法进入", "No entry")
USE_THE_ADDRESS = T(
    "请打开 crmcore 在终端里显示的地址。地址只能用一次：用过之后，请重新运行 crmcore board --web。",
    "Open the address that crmcore printed in the terminal. It works once: after that, run "
    "crmcore board --web again.",
)
ENTER_TOKEN = T("请输入口令。", "Enter the token.")
TOKEN = T("口令", "Token")
ENTER = T("进入", "Enter")

_LETTERS = "font: 16px 'Roboto Mono', monospace; background: #12131a; color: #e6e6e6;"

_BOARD = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<title>crmcore</title>
<link rel="icon" href="data:,">
<link rel="preload" as="font" type="font/ttf" crossorigin href="/static/fonts/RobotoMono-VariableFont_wght.ttf">
<link rel="stylesheet" href="/static/css/xterm.css">
<style>
@font-face {
  font-family: "Roboto Mono"; font-weight: 100 700;
  src: url("/static/fonts/RobotoMono-VariableFont_wght.ttf");
}
body { $letters }
.note { position: absolute; inset: 0; display: flex; flex-direction: column; align-items: center;
  justify-content: center; gap: 16px; z-index: 10; }
.closed { display: none; background: #12131acc; }
body.-first-byte .starting { display: none; }
body.-closed .closed { display: flex; }
button { $letters padding: 8px 24px; border: 1px solid #888; cursor: pointer; }
</style>
<script src="/static/js/textual.js"></script>
</head>
<body>
<div class="note starting">$starting</div>
<div class="note closed"><span>$closed</span><button type="button" id="again">$again</button></div>
<div id="terminal" class="textual-terminal" data-font-size="$size"></div>
<script nonce="$nonce">
document.getElementById("terminal").dataset.sessionWebsocketUrl =
  window.location.origin.replace(/^http/, "ws") + "/ws";
document.getElementById("again").addEventListener("click", () => window.location.reload());
</script>
</body>
</html>
""")

_STRANGER = Template("""<!doctype html>
<html lang="$language">
<head><meta charset="utf-8"><title>crmcore</title>
<style>body { $letters max-width: 40em; margin: 4em auto; }</style></head>
<body><h1>$refused</h1><p>$what</p>$form</body>
</html>
""")

_FORM = Template("""<form method="post" action="/">
<label>$label <input type="password" name="token" autocomplete="off" autofocus></label>
<button>$enter</button>
</form>""")


def board_page(dialect: Dialect, *, size: int, nonce: str) -> str:
    """The page with the board, in letters of *size* pixels."""
    return _BOARD.substitute(
        language=dialect.language,
        letters=_LETTERS,
        nonce=nonce,
        size=size,
        starting=escape(dialect.say(STARTING)),
        closed=escape(dialect.say(CLOSED)),
        again=escape(dialect.say(AGAIN)),
    )


def stranger_page(dialect: Dialect, *, once: bool) -> str:
    """What whoever may not come in is told; where the token is good for many visits, it is asked for."""
    say = dialect.say
    form = _FORM.substitute(label=escape(say(TOKEN)), enter=escape(say(ENTER)))
    return _STRANGER.substitute(
        language=dialect.language,
        letters=_LETTERS,
        refused=escape(say(REFUSED)),
        what=escape(say(USE_THE_ADDRESS if once else ENTER_TOKEN)),
        form="" if once else form,
    )


def policy(host: str, nonce: str) -> str:
    """What the browser may load: from here, and from nowhere else."""
    return "; ".join((
        "default-src 'none'",
        f"script-src 'self' 'nonce-{nonce}'",
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self'",
        "img-src 'self' data:",
        f"connect-src 'self' ws://{host} wss://{host}",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ))  # fmt: skip
