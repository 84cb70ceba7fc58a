"""How public locustfiles are run that need more than a target: by the end of their path."""

import sys
from dataclasses import dataclass
from pathlib import Path

from tests.fixtures.locusts import STEADY

_PYTHON = sys.executable


@dataclass(frozen=True)
class Beside:
    """A server that a locustfile expects, and the port by which it is known to be up."""

    command: tuple[str, ...]
    port: int


@dataclass(frozen=True)
class Way:
    """How a locustfile is run. By default: headless, in one process, against our target."""

    web: bool = False
    """With Locust's page, where it adds its own target; started by itself."""
    as_written: bool = False
    """Without --host: what the file says counts."""
    workers: int = 0
    program: bool = False
    """It runs Locust as a library; the listener is imported before it."""
    worker_program: str = ""
    """The program that is its worker; its master is started from Locust's page."""
    seconds: int = 6
    users: int = 3
    env: tuple[tuple[str, str], ...] = ()
    also: tuple[Path, ...] = ()
    """Further locustfiles: this one has no user."""
    folders: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()
    options: tuple[str, ...] = ()
    not_here: str = ""
    """Why it can't be run."""


_MQTT = Beside(("/usr/sbin/mosquitto", "-p", "1883"), 1883)
_FTP = Beside((_PYTHON, "-m", "tests.examples.servers", "ftp"), 21)
_KAFKA = Beside((_PYTHON, "-m", "tests.examples.servers", "kafka"), 9092)
PART = Way()
"""No locustfile: what another one needs."""
_OWN_PAGE = Way(web=True, as_written=True)
_DISTRIBUTED = Way(workers=2)
_LOGIN = Way(web=True, options=("--web-login",), env=(("FLASK_SECRET_KEY", "x"),))
_DOWNLOADS = "<local_dir_to_save_downloaded_files_at_your_pc>"
_UPLOADS = "<local_dir_containing_files_for_upload_at_your_pc>"

WAYS = {
    # Locust's own
    "bottlenecked_server.py": _OWN_PAGE,
    "response_validations.py": _OWN_PAGE,
    "testdata_from_csv.py": _OWN_PAGE,
    "events.py": _DISTRIBUTED,
    "custom_messages.py": _DISTRIBUTED,
    "extend_web_ui.py": Way(web=True, as_written=True),
    "web_ui_cache_stats.py": _DISTRIBUTED,
    "testdata_management.py": Way(as_written=True, workers=2, users=4),
    "stop_on_threshold.py": Way(seconds=30),
    "rest.py": Way(as_written=True),
    "use_as_lib.py": Way(program=True, seconds=45),
    "web_ui_auth/basic.py": _LOGIN,
    "web_ui_auth/custom_form.py": _LOGIN,
    "multiple_hosts.py": Way(env=(("API_HOST", "http://127.0.0.1"),)),
    "openai_ex.py": Way(
        env=(("OPENAI_API_KEY", "none"), ("OPENAI_BASE_URL", "http://127.0.0.1/v1"))
    ),
    "mongodb/locustfile.py": Way(
        env=(("MONGODB_URI", "mongodb://localhost:27017/?serverSelectionTimeoutMS=500"),)
    ),
    "mqtt/locustfile.py": Way(as_written=True, seconds=10, beside=(_MQTT,)),
    "mqtt/locustfile_custom_mqtt_client.py": Way(as_written=True, seconds=10, beside=(_MQTT,)),
    "grpc/locustfile.py": Way(as_written=True),
    "custom_xmlrpc_client/xmlrpc_locustfile.py": Way(
        as_written=True, beside=(Beside((_PYTHON, "server.py"), 8877),)
    ),
    "socketio/socketio_ex.py": Way(beside=(Beside((_PYTHON, "echo_server.py"), 5001),)),
    "custom_xmlrpc_client/server.py": PART,
    "socketio/echo_server.py": PART,
    "grpc/hello_server.py": PART,
    "grpc/grpc_user.py": PART,
    "grpc/hello_pb2.py": PART,
    "grpc/hello_pb2_grpc.py": PART,
    "postgres/locustfile.py": Way(
        as_written=True,
        beside=(Beside((_PYTHON, "-m", "tests.examples.servers", "postgres"), 5432),),
    ),
    "milvus/locustfile.py": Way(not_here="needs Milvus"),
    "session_patch_locustfile.py": Way(not_here="needs the library that it tests, and its token"),
    # locust-plugins'
    "appinsights_listener_ex.py": Way(not_here="needs an instrumentation key of Azure's"),
    "cloudwatch_listener_ex.py": Way(also=(STEADY,), env=(("AWS_DEFAULT_REGION", "eu-north-1"),)),
    "distributor_ex.py": _DISTRIBUTED,
    "jmeter_listener_example.py": _DISTRIBUTED,
    "transaction_example.py": _DISTRIBUTED,
    "transaction_example_as_library_local.py": Way(program=True, seconds=15),
    "transaction_example_as_library_master.py": Way(
        program=True, worker_program="transaction_example_as_library_worker.py"
    ),
    "transaction_example_as_library_worker.py": PART,
    "ftp_download_ex.py": Way(beside=(_FTP,), folders=(_DOWNLOADS,), options=("-H", "127.0.0.1")),
    "ftp_upload_ex.py": Way(beside=(_FTP,), folders=(_UPLOADS,), options=("-H", "127.0.0.1")),
    "kafka_ex.py": Way(beside=(_KAFKA,), env=(("LOCUST_KAFKA_SERVERS", "127.0.0.1:9092"),)),
    "mongoreader_ex.py": Way(not_here="needs MongoDB, when it is imported"),
    "playwright-recording.py": PART,
    "playwright_ex.py": Way(as_written=True, seconds=40),
    "tn3270_ex.py": Way(not_here="needs the terminal emulator s3270"),
    "webdriver_ex.py": Way(not_here="needs a Selenium server"),
    # ours, after public reports
    "reported/single_user.py": Way(program=True),
    "reported/own_events_library.py": Way(program=True, seconds=30),
    "reported/hooks_of_workers.py": _DISTRIBUTED,
}


def way_of(path: Path) -> Way:
    """Return how *path* is run."""
    for end, way in WAYS.items():
        if path.as_posix().endswith(f"/{end}"):
            return way
    return Way()
