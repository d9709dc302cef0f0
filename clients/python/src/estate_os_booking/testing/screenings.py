"""Screenings, as the upstream service sends them."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import msgspec

Envelope = Literal["plain", "sns", "eventbridge"]
"""As it is, or as SNS (without raw delivery) or EventBridge wrap it."""


def enveloped(screening: Mapping[str, object], envelope: Envelope) -> dict[str, Any]:
    """Return the message of a screening, as it stands in the queue."""
    least = {
        "event_type": "APPLICANT_SCREENED",
        "applicant_id": str(uuid4()),
        "name": "Ada Lovelace",
        "risk_level": "LOW",
    }
    event = {**least, **screening}
    now = datetime.now(UTC).isoformat()
    match envelope:
        case "plain":
            return event
        case "sns":
            return {
                "Type": "Notification",
                "MessageId": str(uuid4()),
                "TopicArn": "arn:aws:sns:eu-central-1:123456789012:screenings",
                "Timestamp": now,
                "Message": msgspec.json.encode(event).decode(),
            }
        case "eventbridge":
            return {
                "version": "0",
                "id": str(uuid4()),
                "detail-type": "APPLICANT_SCREENED",
                "source": "com.example.screening",
                "account": "123456789012",
                "time": now,
                "region": "eu-central-1",
                "resources": [],
                "detail": event,
            }


def send_message(env: Mapping[str, str], body: str) -> None:
    """Send a message to the queue of an instance, signed by its access key (Signature Version 4)."""
    endpoint = env["AWS_ENDPOINT_URL_SQS"]
    content = msgspec.json.encode({"QueueUrl": env["SQS_QUEUE_URL"], "MessageBody": body})
    response = httpx.post(endpoint, content=content, headers=_signed(endpoint, content, env))
    if not response.is_success:
        raise RuntimeError(f"the queue answers {response.status_code}: {response.text[:500]}")


def _signed(endpoint: str, content: bytes, env: Mapping[str, str]) -> dict[str, str]:
    at, time = urlsplit(endpoint), datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = [time[:8], env["AWS_REGION"], "sqs", "aws4_request"]
    headers = {"host": at.netloc, "x-amz-date": time, "x-amz-target": "AmazonSQS.SendMessage"}
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    canonical = "\n".join(["POST", at.path or "/", "", lines, names, hashlib.sha256(content).hexdigest()])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", time, "/".join(scope), hashlib.sha256(canonical.encode()).hexdigest()])
    key = reduce(_hmac, scope, f"AWS4{env['AWS_SECRET_ACCESS_KEY']}".encode())
    credential = f"{env['AWS_ACCESS_KEY_ID']}/{'/'.join(scope)}"
    signature = _hmac(key, to_sign).hex()
    return {
        **headers,
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}",
    }


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
