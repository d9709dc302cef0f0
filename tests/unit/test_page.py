"""The page over HTTP: under a policy with a nonce of each answer, its files kept by browsers, and told while absent."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.datastructures import State
from litestar.testing import TestClient

from booking.config.origins import Origins
from booking.config.web import WebSettings
from booking.domain.refusals import Refusal
from booking.entrypoints.http.contract import contract_routes
from booking.entrypoints.http.cors import Cors
from booking.entrypoints.http.problems import answer_refusal
from booking.entrypoints.http.web import page as web
from booking.entrypoints.http.web.assets import Assets, takes_brotli
from booking.entrypoints.http.web.page import WebPage

INDEX = (
    '<meta name="csp-nonce" content="__NONCE__" /><script type="application/json" id="settings" nonce="__NONCE__">'
    '__SETTINGS__</script><script type="module" src="/app/assets/index-Ab12.js" nonce="__NONCE__"></script>'
)
SCRIPT = b"export const one = 1 // the script\n"
SUPABASE = WebSettings(supabase_url="https://project.supabase.co/", supabase_key="sb_publishable_</script>")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / ".vite").mkdir()
    (dist / ".vite" / "manifest.json").write_text("{}")
    (dist / "assets" / "index-Ab12.js").write_bytes(SCRIPT)
    (dist / "assets" / "index-Ab12.js.br").write_bytes(b"small")
    (dist / "assets" / "icon-Cd34.svg").write_text("<svg/>")
    (dist / "visit-scheduler.js").write_bytes(b"import './assets/index-Ab12.js'")
    (dist / "index.html").write_text(INDEX)
    return dist


def client(folder: Path, settings: WebSettings | None = None, *, people: bool = False, origins: Any = ()) -> Any:
    page = WebPage(Assets(folder), settings or WebSettings(), people=people)
    app: Any = Litestar(
        [*web.routes, *contract_routes],
        state=State({web.PAGE: page}),
        exception_handlers={Refusal: answer_refusal},
        openapi_config=None,
    )
    made = TestClient(Cors(app, Origins(origins)) if origins else app)
    made.follow_redirects = False
    return made


def told(text: str) -> dict[str, Any]:
    [found] = re.findall(r'id="settings"[^>]*>(.*?)</script>', text)
    answer: dict[str, Any] = json.loads(found)
    return answer


def policy_of(answer: Any) -> dict[str, str]:
    return dict(rule.split(" ", 1) for rule in answer.headers["content-security-policy"].split("; "))


@pytest.mark.parametrize("path", ["/app", "/app/", "/app/me", "/app/console/week/2026-12-01", "/app/x.js"])
def test_each_of_its_addresses_is_the_page_under_a_nonce_of_that_answer(folder: Path, path: str) -> None:
    with client(folder) as http:
        first, second = http.get(path), http.get(path)
    assert (first.status_code, first.headers["content-type"]) == (200, "text/html; charset=utf-8")
    nonces = [set(re.findall(r'(?:nonce|content)="([^"]+)"', answer.text)) for answer in (first, second)]
    assert [len(found) for found in nonces] == [1, 1]
    assert nonces[0] != nonces[1]
    assert policy_of(first)["script-src"] == f"'nonce-{nonces[0].pop()}'"
    assert "__" not in first.text + first.headers["content-security-policy"]


def test_its_policy_lets_it_run_its_own_scripts_and_call_its_own_service_alone(folder: Path) -> None:
    with client(folder) as http:
        policy = policy_of(http.get("/app"))
    nonce = policy.pop("script-src")
    assert policy == {
        "default-src": "'none'",
        "style-src": f"'self' {nonce}",
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "lit-html default",
    }


def test_it_is_told_how_to_sign_in_and_may_call_the_issuer_that_is_configured(folder: Path) -> None:
    with client(folder) as http:
        assert told(http.get("/app").text)["sign_in"] == "none"
    with client(folder, people=True) as http:
        assert told(http.get("/app").text)["sign_in"] == "people"
    with client(folder, SUPABASE, people=True) as http:
        answer = http.get("/app")
    assert told(answer.text) == {
        "sign_in": "supabase",
        "supabase_url": "https://project.supabase.co/",
        "supabase_key": "sb_publishable_</script>",
    }
    assert policy_of(answer)["connect-src"] == "'self' https://project.supabase.co"


def test_a_file_is_kept_for_a_year_and_comes_small_to_those_who_take_it_so(folder: Path) -> None:
    with client(folder) as http:
        plain = http.get("/app/assets/index-Ab12.js", headers={"Accept-Encoding": "gzip, br;q=0"})
        icon = http.get("/app/assets/icon-Cd34.svg", headers={"Accept-Encoding": "br"})
        with http.stream("GET", "/app/assets/index-Ab12.js", headers={"Accept-Encoding": "gzip, br"}) as small:
            raw = b"".join(small.iter_raw())
    assert (plain.content, raw, icon.content) == (SCRIPT, b"small", b"<svg/>")
    assert "content-encoding" not in plain.headers.keys() | icon.headers.keys()
    assert small.headers["content-encoding"] == "br"
    assert plain.headers["etag"] != small.headers["etag"]
    for answer in (plain, small):
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert icon.headers["content-type"].startswith("image/svg+xml")


def test_the_tag_of_an_agencys_site_is_asked_for_again_and_not_sent_again(folder: Path) -> None:
    with client(folder) as http:
        answer = http.get("/app/visit-scheduler.js")
        again = http.get("/app/visit-scheduler.js", headers={"If-None-Match": answer.headers["etag"]})
        (folder / "visit-scheduler.js").write_bytes(b"another")
        (folder / "index.html").write_text(f"{INDEX} ")
        another = http.get("/app/visit-scheduler.js", headers={"If-None-Match": answer.headers["etag"]})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])
    assert (another.status_code, another.content) == (200, b"another")


def test_pages_of_a_configured_origin_are_told_once_who_may_read_a_script(folder: Path) -> None:
    with client(folder, origins=("https://agency.example",)) as http:
        answer = http.get("/app/visit-scheduler.js", headers={"Origin": "https://agency.example"})
        page = http.get("/app", headers={"Origin": "https://agency.example"})
    assert answer.headers.get_list("access-control-allow-origin") == ["*"]
    assert page.headers.get_list("access-control-allow-origin") == ["https://agency.example"]


@pytest.mark.parametrize(
    "path",
    [
        "/app/assets/nothing.js",
        "/app/assets/%00",
        "/app/assets/..%2findex.html",
        "/app/assets/..%2f.vite%2fmanifest.json",
        "/app/assets/index-Ab12.js.br",
        f"/app/assets/{'x' * 300}",
        "/app/assets/",
        "/app/a%00b",
        "/app/a%0ab",
        f"/app/{'x' * 1_000}",
    ],
)
def test_what_is_no_file_of_the_page_is_not_there(folder: Path, path: str) -> None:
    with client(folder) as http:
        assert http.get(path).status_code == 404


def test_while_it_is_not_built_it_says_so_and_asks_again(tmp_path: Path) -> None:
    with client(tmp_path / "dist") as http:
        for path in ("/app", "/app/me"):
            answer = http.get(path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")
            assert ('http-equiv="refresh"' in answer.text, "make web" in answer.text) == (True, True)
            assert policy_of(answer)["default-src"] == "'none'"
        assert [http.get(f"/app/{name}").status_code for name in ("visit-scheduler.js", "assets/x.js")] == [404, 404]
        start = http.get("/")
        assert (start.status_code, start.headers["location"], start.content) == (307, "/docs", b"")


def test_the_bare_address_leads_to_the_page_where_it_is_built(folder: Path) -> None:
    with client(folder) as http:
        assert (http.get("/").status_code, http.get("/").headers["location"]) == (307, "/app")


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        (b"br", True),
        (b"gzip, deflate, br, zstd", True),
        (b"gzip;q=1.0, BR;q=0.5", True),
        (b"br;q=0", False),
        (b"br;q=0.000, gzip", False),
        (b"brotli", False),
        (b"", False),
    ],
)
def test_brotli_is_for_those_who_accept_it(accepted: bytes, takes: bool) -> None:
    assert takes_brotli(accepted) is takes
