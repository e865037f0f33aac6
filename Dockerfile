# Chairside in a container. Serial ports are handed in with --device=/dev/serial/by-id/...; the record lives in the volume.
#   docker build -t chairside .
#   docker run -d --name chairside --restart unless-stopped --read-only --cap-drop ALL --security-opt no-new-privileges \
#     --stop-timeout 30 -v chairside:/var/lib/chairside -v ./chairside.toml:/etc/chairside/chairside.toml:ro \
#     --network host chairside
# With host networking `listen = "127.0.0.1:8080"` is the machine's own address, as without a container.
FROM rust:1-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends curl xz-utils ca-certificates \
    && curl -fsSL https://deb.nodesource.com/setup_22.x | bash - \
    && apt-get install -y --no-install-recommends nodejs && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
RUN npm --prefix web ci --no-audit --no-fund && cargo build --release --locked -p chairside

FROM debian:bookworm-slim
RUN groupadd --system chairside && useradd --system --gid chairside --groups dialout --home-dir /var/lib/chairside chairside \
    && install -d -m 0700 -o chairside -g chairside /var/lib/chairside && install -d /etc/chairside
COPY --from=build /build/target/release/chairside /usr/bin/chairside
COPY packaging/chairside.toml /etc/chairside/chairside.toml
USER chairside
VOLUME /var/lib/chairside
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/chairside"]
CMD ["serve", "--config", "/etc/chairside/chairside.toml", "--log", "json"]
