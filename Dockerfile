# syntax=docker/dockerfile:1

FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements/run.lock requirements/build.lock requirements/node.lock requirements/
RUN python -m venv --without-pip /opt/booking \
 && pip --python /opt/booking install --no-cache-dir --only-binary=:all: --require-hashes -r requirements/run.lock \
 && pip install --no-cache-dir --only-binary=:all: --require-hashes -r requirements/build.lock
COPY pyproject.toml hatch_build.py README.md LICENSE openapi3.yaml asyncapi.yaml ./
COPY clients/typescript clients/typescript
COPY web web
COPY db db
COPY src src
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
 && pip --python /opt/booking install --no-cache-dir --no-deps dist/*.whl

# Everything embedded, for suites and a first look (docs/testing.md); whoever reaches it may empty it. Not the default:
#   docker build --target dev -t booking:dev . && docker run --rm --name booking -p 8000:8000 booking:dev
#   docker exec booking cat /tmp/instance.env
FROM build AS build-dev
COPY requirements/dev.lock requirements/
RUN pip --python /opt/booking install --no-cache-dir --only-binary=:all: --require-hashes -r requirements/dev.lock

FROM python:3.11-slim AS dev
COPY --from=build-dev /opt/booking /opt/booking
# With a name, which initdb asks for.
RUN useradd --uid 10001 booking
ENV PATH=/opt/booking/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    BOOKING_DEV_EXPOSE=1
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["booking", "dev", "--host", "0.0.0.0", "--ephemeral", "--env-file", "/tmp/instance.env"]

FROM python:3.11-slim
RUN pip uninstall --yes --root-user-action=ignore pip setuptools wheel
COPY --from=build /opt/booking /opt/booking
ENV PATH=/opt/booking/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    BOOKING_HTTP_HOST=0.0.0.0 \
    BOOKING_HTTP_PORT=8000 \
    BOOKING_LOG_FORMAT=json
# A number, so that an orchestrator can tell that it is not root.
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["booking"]
CMD ["serve"]
