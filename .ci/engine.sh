# engine: a Docker engine answers. A machine without one may offer a way to start it beside the clone.
engine() {
    docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1 && return
    [ -x ../shared/tools/docker-engine ] && ../shared/tools/docker-engine start && docker info >/dev/null
}
