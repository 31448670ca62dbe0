"""The containers of docker-compose.yaml from outside: `make up`, `make down`, `make status`, `make logs`. Standard library only."""
