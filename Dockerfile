# syntax=docker/dockerfile:1

FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements/run.lock requirements/build.lock requirements/
RUN python -m venv --without-pip /opt/booking \
 && pip --python /opt/booking install --no-cache-dir --only-binary=:all: --require-hashes -r requirements/run.lock \
 && pip install --no-cache-dir --only-binary=:all: --require-hashes -r requirements/build.lock
COPY pyproject.toml README.md LICENSE openapi3.yaml asyncapi.yaml ./
COPY db db
COPY src src
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
 && pip --python /opt/booking install --no-cache-dir --no-deps dist/*.whl

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
