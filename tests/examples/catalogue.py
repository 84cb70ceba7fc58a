"""How public locustfiles are run that need more than a target: by the end of their path."""

import sys
from dataclasses import replace
from pathlib import Path

from tests.examples.way import PART, Beside, Way
from tests.fixtures.locusts import ROOT, STEADY

_PYTHON = sys.executable

_MQTT = Beside((_PYTHON, "-m", "tests.fixtures.protocol_servers", "mqtt", "1883"), 1883)
_DNS = Beside((_PYTHON, "-m", "tests.examples.servers", "dns"), 53)
_FTP = Beside((_PYTHON, "-m", "tests.examples.servers", "ftp"), 21)
_KAFKA = Beside((_PYTHON, "-m", "tests.examples.servers", "kafka"), 9092)
_POSTGRES = Beside((_PYTHON, "-m", "tests.examples.servers", "postgres"), 5432)
_SHOP = Way(
    as_written=True,
    beside=(Beside((_PYTHON, "-m", "swarmscope.demo.shop", "--port", "8000"), 8000),),
    options=("--host", "http://127.0.0.1:8000"),
)
_SHAPE = replace(_SHOP, also=(ROOT / "locust" / "locustfiles" / "mix.py",))
_PLUGINS = ("locust-plugins",)
_OWN_PAGE = Way(web=True, as_written=True)
_DISTRIBUTED = Way(workers=2)
_LOGIN = Way(web=True, options=("--web-login",), env=(("FLASK_SECRET_KEY", "x"),))
_DOWNLOADS = "<local_dir_to_save_downloaded_files_at_your_pc>"
_UPLOADS = "<local_dir_containing_files_for_upload_at_your_pc>"


def _protocol(kind: str, port: int, host: str, *needs: str) -> Way:
    command = (_PYTHON, "-m", "tests.fixtures.protocol_servers", kind, str(port))
    server = Beside(command, port)
    return Way(as_written=True, beside=(server,), options=("--host", host), needs=needs)


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
    "browse_docs_sequence_test.py": Way(needs=("pyquery",)),
    "browse_docs_test.py": Way(needs=("pyquery",)),
    "dns_ex.py": Way(beside=(_DNS,), addresses=("8.8.8.8", "1.1.1.1"), needs=("dnspython",)),
    "qdrant/locustfile.py": Way(needs=("qdrant-client",)),
    "worker_index.py": Way(needs=_PLUGINS),
    "rest.py": Way(as_written=True),
    "use_as_lib.py": Way(program=True, seconds=45),
    "web_ui_auth/basic.py": _LOGIN,
    "web_ui_auth/custom_form.py": _LOGIN,
    "multiple_hosts.py": Way(env=(("API_HOST", "http://127.0.0.1"),)),
    "openai_ex.py": Way(
        env=(("OPENAI_API_KEY", "none"), ("OPENAI_BASE_URL", "http://127.0.0.1/v1")),
        needs=("openai",),
    ),
    "mongodb/locustfile.py": Way(
        env=(("MONGODB_URI", "mongodb://localhost:27017/?serverSelectionTimeoutMS=500"),),
        needs=("pymongo",),
    ),
    "mqtt/locustfile.py": Way(as_written=True, seconds=10, beside=(_MQTT,), needs=("paho-mqtt",)),
    "mqtt/locustfile_custom_mqtt_client.py": Way(
        as_written=True, seconds=10, beside=(_MQTT,), needs=("paho-mqtt",)
    ),
    "grpc/locustfile.py": Way(as_written=True, needs=("grpcio", "grpc-interceptor", "protobuf")),
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
        beside=(_POSTGRES,),
        needs=("psycopg[binary]",),
    ),
    "milvus/locustfile.py": Way(not_here="needs Milvus"),
    "session_patch_locustfile.py": Way(not_here="needs the library that it tests, and its token"),
    # locust-plugins'
    **{
        f"{name}_ex.py": Way(needs=_PLUGINS)
        for name in (
            "connection_pool",
            "constant_total_ips",
            "csvreader",
            "embedded_resource_manager",
            "reschedule_on_fail",
            "tsvreader",
        )
    },
    "appinsights_listener_ex.py": Way(not_here="needs an instrumentation key of Azure's"),
    "cloudwatch_listener_ex.py": Way(
        also=(STEADY,),
        env=(("AWS_DEFAULT_REGION", "eu-north-1"),),
        needs=(*_PLUGINS, "boto3"),
    ),
    "distributor_ex.py": Way(workers=2, needs=_PLUGINS),
    "jmeter_listener_example.py": Way(workers=2, needs=_PLUGINS),
    "transaction_example.py": Way(workers=2, needs=_PLUGINS),
    "transaction_example_as_library_local.py": Way(program=True, seconds=15, needs=_PLUGINS),
    "transaction_example_as_library_master.py": Way(
        program=True,
        worker_program="transaction_example_as_library_worker.py",
        needs=_PLUGINS,
    ),
    "transaction_example_as_library_worker.py": PART,
    "ftp_download_ex.py": Way(
        beside=(_FTP,), folders=(_DOWNLOADS,), options=("-H", "127.0.0.1"), needs=_PLUGINS
    ),
    "ftp_upload_ex.py": Way(
        beside=(_FTP,), folders=(_UPLOADS,), options=("-H", "127.0.0.1"), needs=_PLUGINS
    ),
    "kafka_ex.py": Way(
        beside=(_KAFKA,),
        env=(("LOCUST_KAFKA_SERVERS", "127.0.0.1:9092"),),
        needs=(*_PLUGINS, "confluent-kafka"),
        remark=(
            "its `Producer.poll(1)` waits outside gevent, for a second each time, and its users "
            "have no wait time: gevent looks at clocks and sockets after 50 such waits, so that "
            "Locust's master takes the worker for missing, and all is delivered when it ends"
        ),
    ),
    "mongoreader_ex.py": Way(not_here="needs MongoDB, when it is imported"),
    "playwright-recording.py": PART,
    "playwright_ex.py": Way(
        as_written=True,
        seconds=40,
        needs=(*_PLUGINS, "playwright"),
        only_here="needs a browser beside Python",
    ),
    "tn3270_ex.py": Way(not_here="needs the terminal emulator s3270"),
    "webdriver_ex.py": Way(not_here="needs a Selenium server"),
    # our own to copy from
    "locustfiles/accounts.py": _SHOP,
    "locustfiles/checkout.py": _SHOP,
    "locustfiles/mix.py": _SHOP,
    "locustfiles/shop.py": _SHOP,
    "locustfiles/waits.py": _SHOP,
    "protocols/web_socket.py": _protocol("websocket", 8878, "ws://127.0.0.1:8878"),
    "protocols/socket_io.py": _protocol("socketio", 8879, "http://127.0.0.1:8879"),
    "protocols/own_client.py": _protocol("xmlrpc", 8877, "http://127.0.0.1:8877"),
    "protocols/redis_cache.py": _protocol("redis", 6379, "redis://127.0.0.1:6379", "redis"),
    "protocols/grpc_calls.py": _protocol("grpc", 50051, "127.0.0.1:50051", "grpcio"),
    "protocols/mqtt_sensors.py": _protocol("mqtt", 1883, "127.0.0.1", "paho-mqtt"),
    "protocols/sql_queries.py": Way(
        as_written=True,
        beside=(_POSTGRES,),
        options=("--host", "postgresql://postgres@127.0.0.1:5432/postgres"),
        needs=("psycopg[binary]",),
    ),
    "shapes/breaking_point.py": _SHAPE,
    "shapes/double_wave.py": _SHAPE,
    "shapes/from_file.py": replace(_SHAPE, needs=("pyyaml",)),
    "shapes/ramp_hold_ramp.py": _SHAPE,
    "shapes/soak.py": _SHAPE,
    "shapes/spike.py": _SHAPE,
    "shapes/steps.py": _SHAPE,
    # ours, after public reports
    "reported/single_user.py": Way(program=True),
    "reported/own_events_library.py": Way(program=True, seconds=30),
    "reported/hooks_of_workers.py": _DISTRIBUTED,
    "reported/control_exceptions_in_hooks.py": Way(
        remark=(
            "what its listener of `test_stopping` raises ends Locust's own attempts to stop: also "
            "without swarmscope a worker whose master has gone then goes on until it gets SIGTERM"
        )
    ),
}


def way_of(path: Path) -> Way:
    """Return how *path* is run."""
    for end, way in WAYS.items():
        if path.as_posix().endswith(f"/{end}"):
            return way
    return Way()
