"""A page in a real browser that watches a kiosk, and what a person does on it."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Page
from scenes import SCENES
from wall import Wall, wait_for

SETTLED_MS = 580  # a page takes no answer sooner after a new question


@dataclass
class Screen:
    """A page that watches ``wall``, and what went wrong on it."""

    wall: Wall
    page: Page
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.faults.append(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._look_at)
        self.page.clock.install()  # goes by itself, and can be pushed on
        self.page.goto(self.wall.server.url)
        self.sync()

    def _look_at(self, request: object) -> None:
        url = request.url  # type: ignore[attr-defined]
        if not url.startswith(self.wall.server.url):
            self.faults.append(f"fetched from elsewhere: {url}")

    def sync(self) -> None:
        """Until the page shows what the session is at."""
        self.wall.pump()
        wanted = [str(self.wall.session.turn), self.wall.seen["screen"]]
        self.page.wait_for_function(
            "([turn, screen]) => document.body.dataset.turn === turn && document.body.dataset.screen === screen",
            arg=wanted,
        )

    def come_to(self, scene: str) -> None:
        SCENES[scene](self.wall)
        self.sync()

    def settle(self) -> None:
        """Long enough to have read the question, on the page's clock and the program's."""
        self.page.clock.fast_forward(SETTLED_MS)
        self.wall.clock.advance(SETTLED_MS / 1000)

    def tap(self, button: str) -> None:
        """Touch it once it can be meant, and wait for what comes of it."""
        turn = self.wall.session.turn
        self.settle()
        self.page.click(f"#press-{button}")
        wait_for(lambda: self.wall.session.turn != turn)
        self.sync()

    def key(self, key: str) -> None:
        turn = self.wall.session.turn
        self.settle()
        self.page.keyboard.press(key)
        wait_for(lambda: self.wall.session.turn != turn)
        self.sync()

    @property
    def heading(self) -> str:
        return self.page.inner_text("#words h1")
