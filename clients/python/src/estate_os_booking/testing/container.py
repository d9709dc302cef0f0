"""An instance in a container, by testcontainers: `pip install estate-os-booking[containers]`."""

from typing import Self

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

from estate_os_booking.testing.instance import Instance
from estate_os_booking.testing.start import environment_of

PORT = 8000
# The queue listens inside the container alone.
SEND = """import boto3, sys
told = dict(line.strip().split("=", 1) for line in open("/tmp/instance.env") if "=" in line)
boto3.client("sqs", endpoint_url=told["AWS_ENDPOINT_URL_SQS"], region_name=told["AWS_REGION"],
    aws_access_key_id=told["AWS_ACCESS_KEY_ID"], aws_secret_access_key=told["AWS_SECRET_ACCESS_KEY"],
).send_message(QueueUrl=told["SQS_QUEUE_URL"], MessageBody=sys.argv[1])
"""


class BookingContainer(DockerContainer):  # type: ignore[misc, unused-ignore]
    """The image that `docker build --target dev -t booking:dev .` makes; in a context it is the running instance.

    `with BookingContainer().with_command("--no-demo") as container: container.instance().organization()`
    """

    def __init__(self, image: str = "booking:dev") -> None:
        super().__init__(image)
        self.with_exposed_ports(PORT)
        self.waiting_for(HttpWaitStrategy(PORT, "/health/ready"))

    def __enter__(self) -> Self:
        self.start()
        return self

    def instance(self) -> Instance:
        at = f"http://{self.get_container_host_ip()}:{self.get_exposed_port(PORT)}"
        return ContainerInstance(self, {**environment_of(self.said("cat", "/tmp/instance.env")), "BASE_URL": at})  # noqa: S108

    def said(self, *command: str) -> str:
        """Return what a command in the container says."""
        code, output = self.exec(list(command))
        if code != 0:
            raise RuntimeError(f"{command[0]} in the container ended with {code}: {output.decode()[:500]}")
        return str(output.decode())


class ContainerInstance(Instance):
    def __init__(self, container: BookingContainer, env: dict[str, str]) -> None:
        super().__init__(env)
        self._container = container

    def _send(self, body: str) -> None:
        self._container.said("python", "-c", SEND, body)
