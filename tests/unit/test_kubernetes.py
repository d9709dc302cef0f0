"""The manifests for Kubernetes: valid, and by the policy that docs/operate.md tells of."""

import re
from collections.abc import Iterator
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from booking import files
from booking.config import known_settings
from booking.config.variables import FILE, SECRETS
from booking.entrypoints.jobs import Part
from tests.unit.test_config import LEAST

FOLDER = files.path("deploy/kubernetes")
VERSION = "1.33"
OWN_KINDS = {"Kustomization", "ScaledObject", "TriggerAuthentication"}
"""Which Kubernetes's schemas do not have."""

Manifest = dict[str, Any]


def read(name: str) -> list[Manifest]:
    return [one for one in yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8")) if one]


BASE, PRODUCTION = read("base/kustomization.yaml")[0], read("production/kustomization.yaml")[0]
MANIFESTS = [one for name in BASE["resources"] for one in read(f"base/{name}")]


def of(kind: str) -> list[Manifest]:
    return [one for one in MANIFESTS if one["kind"] == kind]


def pods() -> Iterator[tuple[str, Manifest]]:
    for one in (*of("Deployment"), *of("Job")):
        yield one["metadata"]["name"], one["spec"]["template"]


DEPLOYMENTS = {one["metadata"]["labels"]["part"]: one for one in of("Deployment")}
PODS = dict(pods())
each_pod = pytest.mark.parametrize("pod", PODS.values(), ids=PODS.keys())
each_deployment = pytest.mark.parametrize("part", DEPLOYMENTS)


def container(pod: Manifest) -> Manifest:
    (found,) = pod["spec"]["containers"]
    return dict(found)


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda one: f"{one['kind']}/{one['metadata']['name']}")
def test_a_manifest_is_valid(manifest: Manifest) -> None:
    if manifest["kind"] not in OWN_KINDS:
        kubernetes_validate.validate(manifest, VERSION, strict=True)


def test_every_file_is_used_and_every_name_is_one_s_own() -> None:
    there = {file.name for file in (FOLDER / "base").glob("*.yaml")}
    assert there == {*BASE["resources"], "kustomization.yaml"}
    names = [(one["kind"], one["metadata"]["name"]) for one in MANIFESTS]
    assert len(set(names)) == len(names)


def test_each_part_of_the_service_has_a_deployment_that_runs_it_alone() -> None:
    assert DEPLOYMENTS.keys() == set(Part)
    for part, one in DEPLOYMENTS.items():
        assert container(one["spec"]["template"])["args"] == ["serve", "--only", part]


@each_pod
def test_a_pod_has_no_rights_to_speak_of(pod: Manifest) -> None:
    spec, within = pod["spec"], container(pod)
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] == 10001  # as the Dockerfile has it
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert within["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
    assert [one for one in spec["volumes"] if not one.keys() & {"secret", "emptyDir"}] == []


@each_pod
def test_a_pod_says_what_it_needs_and_how_much_it_may_take(pod: Manifest) -> None:
    resources = container(pod)["resources"]
    assert resources["requests"].keys() == {"cpu", "memory"}
    assert resources["limits"].keys() == {"memory"}, "a limit of CPU makes answers late, and saves nothing"


@each_pod
def test_secrets_are_read_from_files_and_never_from_the_environment(pod: Manifest) -> None:
    within = container(pod)
    names = {one["name"] for one in within.get("env", ())} | literals(BASE).keys() | literals(PRODUCTION).keys()
    assert names & set(SECRETS) == set()
    mounted = [one["mountPath"] for one in within["volumeMounts"] if one["name"] == "secrets"]
    assert mounted == ["/run/secrets/booking"]
    assert [one for one in within["volumeMounts"] if one["name"] == "secrets" and not one["readOnly"]] == []


def test_each_file_of_a_secret_that_is_named_is_in_the_secret_that_is_mounted() -> None:
    generated = {
        one["name"]: {file.partition("=")[0] for file in one["files"]} for one in PRODUCTION["secretGenerator"]
    }
    for pod in PODS.values():
        (secret,) = [one["secret"]["secretName"] for one in pod["spec"]["volumes"] if "secret" in one]
        env = {one["name"]: one["value"] for one in container(pod).get("env", ())} or literals(BASE)
        read_from = {value.rpartition("/")[2] for name, value in env.items() if name.endswith(FILE)}
        assert read_from == generated[secret]
    assert "migration-database-url" not in generated["booking-serving"], "who serves does not own"
    assert (FOLDER / "production" / ".gitignore").read_text(encoding="utf-8") == "secrets/\n"


def test_every_variable_is_one_that_the_service_reads() -> None:
    names = literals(BASE).keys() | literals(PRODUCTION).keys()
    assert names - known_settings(LEAST | literals(BASE) | literals(PRODUCTION)) == set()


@each_deployment
def test_a_deployment_is_replaced_without_a_gap(part: str) -> None:
    spec = DEPLOYMENTS[part]["spec"]
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    within = container(spec["template"])
    assert within["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert within["livenessProbe"]["httpGet"]["path"] == "/health/live", "an outage of the database restarts nobody"
    assert within["startupProbe"]["httpGet"]["path"] == "/health/live"


@each_deployment
def test_who_ends_is_given_the_time_that_ending_takes(part: str) -> None:
    """The load balancer's, then draining, then 30 s for what is in flight."""
    spec = DEPLOYMENTS[part]["spec"]["template"]["spec"]
    (waited,) = re.findall(r"\d+", str(container(DEPLOYMENTS[part]["spec"]["template"])["lifecycle"]["preStop"]))
    drain = int(literals(BASE)["BOOKING_DRAIN_SECONDS"])
    assert spec["terminationGracePeriodSeconds"] >= int(waited) + drain + 30


@each_deployment
def test_one_process_a_pod_and_pods_apart(part: str) -> None:
    assert literals(BASE)["BOOKING_WORKERS"] == "1"
    spread = DEPLOYMENTS[part]["spec"]["template"]["spec"]["topologySpreadConstraints"]
    assert {one["topologyKey"] for one in spread} == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
    assert {one["labelSelector"]["matchLabels"]["part"] for one in spread} == {part}


@each_deployment
def test_a_drain_of_nodes_never_takes_all_of_a_part(part: str) -> None:
    (budget,) = [one for one in of("PodDisruptionBudget") if one["spec"]["selector"]["matchLabels"]["part"] == part]
    replicas = DEPLOYMENTS[part]["spec"]["replicas"]
    if part == Part.HTTP:
        assert budget["spec"]["minAvailable"] == 2 < replicas
    else:
        assert budget["spec"]["maxUnavailable"] == 1
        assert replicas >= 2 or part == Part.CONSUMER, "what waits in the queue waits for another pod"


def test_answers_alone_are_reached_from_outside() -> None:
    (service,) = of("Service")
    assert service["spec"]["selector"] == {"app": "booking", "part": "http"}
    assert service["spec"].get("type", "ClusterIP") == "ClusterIP", "TLS ends before us"
    ports = {
        port["port"]: policy["metadata"]["name"]
        for policy in of("NetworkPolicy")
        for rule in policy["spec"].get("ingress", ())
        for port in rule["ports"]
    }
    assert ports == {9000: "booking", 8000: "booking-http"}


def test_every_pod_is_under_a_policy_and_none_reaches_the_network_inside() -> None:
    policies = {one["metadata"]["name"]: one["spec"] for one in of("NetworkPolicy")}
    assert policies["booking"]["podSelector"] == {"matchLabels": {"app": "booking"}}
    assert policies["booking"]["policyTypes"] == ["Ingress", "Egress"]
    assert [name for name, pod in PODS.items() if pod["metadata"]["labels"]["app"] != "booking"] == []
    blocks = [
        to["ipBlock"]
        for spec in policies.values()
        for rule in spec.get("egress", ())
        for to in rule["to"]
        if "ipBlock" in to
    ]
    assert [one for one in blocks if len(one["except"]) < 4] == []
    assert [rule for spec in policies.values() for rule in spec.get("egress", ()) if not rule.get("ports")] == []


def test_the_schema_comes_first_and_is_not_tried_for_ever() -> None:
    (job,) = of("Job")
    assert job["metadata"]["labels"]["step"] == "migrate"
    assert container(job["spec"]["template"])["args"] == ["migrate"]
    assert job["spec"]["template"]["spec"]["restartPolicy"] == "Never"
    assert job["spec"]["backoffLimit"] <= 3
    assert job["spec"]["activeDeadlineSeconds"] == 3600


def test_as_many_answer_as_requests_need_and_as_many_take_in_as_wait() -> None:
    (answering,) = of("HorizontalPodAutoscaler")
    (metric,) = answering["spec"]["metrics"]
    assert metric["pods"]["metric"]["name"] == "booking_requests_in_flight"
    assert answering["spec"]["minReplicas"] == DEPLOYMENTS["http"]["spec"]["replicas"]
    (taking,) = of("ScaledObject")
    assert taking["spec"]["scaleTargetRef"]["name"] == DEPLOYMENTS["consumer"]["metadata"]["name"]
    assert taking["spec"]["minReplicaCount"] >= 1, "a message that waits for a pod to start waits for minutes"


def test_what_production_changes_is_there() -> None:
    named = {(one["kind"], one["metadata"]["name"]) for one in MANIFESTS}
    assert {(one["target"]["kind"], one["target"]["name"]) for one in PRODUCTION["patches"]} <= named
    assert {one["name"] for one in PRODUCTION["replicas"]} <= {name for _, name in named}
    assert {one["name"] for one in PRODUCTION["images"]} == {container(pod)["image"] for pod in PODS.values()}
    tag = PRODUCTION["images"][0]["newTag"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", tag), "latest is not a release"


def literals(kustomization: Manifest) -> dict[str, str]:
    (one,) = kustomization["configMapGenerator"]
    return dict(line.split("=", 1) for line in one["literals"])
