"""Answers that the viewer has already: 304 while nothing has changed, and the whole answer once anything has."""

from uuid import uuid4

import httpx

from tests.e2e.driver import Caller, Instance, tomorrow


def again(viewer: Caller, path: str, seen: httpx.Response, method: str = "GET") -> httpx.Response:
    return viewer.request(method, path, headers={"If-None-Match": seen.headers["ETag"]})


def test_an_answer_is_sent_again_only_once_it_has_changed_for_this_viewer(instance: Instance) -> None:
    agency = instance.organization()
    agent, admin = agency.agent(), agency.admin()
    applicant, other = agency.applicants([f"{uuid4()}@example.com" for _ in range(2)])
    slot = agent.offer(tomorrow()).json()["slot"]
    booking = applicant.book(slot["id"]).json()["booking"]
    path = f"/api/v1/properties/{slot['property_id']}"
    assert admin.request("PUT", path, json={"label": "Elm Street 5"}).status_code == 200
    looks = {
        f"/api/v1/slots/{slot['id']}": [applicant, other, agent, admin],
        f"/api/v1/slots/{slot['id']}/eligibility": [applicant, other],
        f"/api/v1/agents/{slot['agent_id']}": [agent, admin],
        "/api/v1/me": [applicant, agent],
        "/api/v1/me/contact": [applicant],
        f"/api/v1/bookings/{booking['id']}": [applicant, agent],
        f"{path}/slots": [applicant, agent],
        path: [applicant, agent],
        f"{path}/rules": [applicant, agent],
        "/api/v1/organization": [applicant, agent],
        "/api/v1/slots": [agent, admin],
        "/api/v1/policy": [agent],
        f"{path}/policy": [agent],
        "/api/v1/notice-plan": [agent],
        f"{path}/notice-plan": [agent],
    }
    first = {(path, viewer.token): viewer.get(path) for path, viewers in looks.items() for viewer in viewers}
    for asked, viewers in looks.items():
        for viewer in viewers:
            seen = first[asked, viewer.token]
            for method in ("GET", "HEAD"):
                same = again(viewer, asked, seen, method)
                assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", seen.headers["ETag"])
                assert same.headers["Cache-Control"] == "no-store"
                assert "X-Request-Id" in same.headers
                assert "Content-Type" not in same.headers
    assert len({first[f"/api/v1/slots/{slot['id']}", one.token].headers["ETag"] for one in (applicant, agent)}) == 2

    rules = {"cancellation_cutoff_seconds": 3600}
    assert admin.request("PUT", "/api/v1/policy", json=rules).status_code == 200
    changed = [again(viewer, asked, first[asked, viewer.token]) for asked in looks for viewer in looks[asked]]
    assert {one.request.url.path for one in changed if one.status_code == 200} == {
        f"/api/v1/slots/{slot['id']}",
        f"/api/v1/bookings/{booking['id']}",
        f"{path}/rules",
        "/api/v1/slots",
        "/api/v1/policy",
        f"{path}/policy",
    }
    assert {one.status_code for one in changed} == {200, 304}


def test_the_tag_of_an_overridden_policy_holds_for_a_write_whatever_the_organization_sets(instance: Instance) -> None:
    admin = instance.organization().admin()
    path = f"/api/v1/properties/{uuid4()}/policy"
    assert admin.request("PUT", "/api/v1/policy", json={"notice_seconds": 60}).status_code == 200
    seen = admin.get(path)
    assert admin.request("PUT", "/api/v1/policy", json={"notice_seconds": 90}).status_code == 200
    assert again(admin, path, seen).status_code == 200
    put = admin.request("PUT", path, json={"hold_seconds": 9}, headers={"If-Match": seen.headers["ETag"]})
    assert put.status_code == 200
    assert again(admin, path, put).status_code == 304
