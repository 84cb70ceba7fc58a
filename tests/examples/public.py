"""Locustfiles of other people's repositories, each at a commit: none of their code is here.

`python -m tests.examples --list` prints them as `git clone` and `git checkout` want them.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from tests.examples.way import Beside, Way


@dataclass(frozen=True)
class Repository:
    """One at GitHub, and those of its files that are run."""

    name: str
    commit: str
    files: Mapping[str, Way]


_PYTHON = sys.executable
_FAKER = ("faker",)
_DOTENV = ("python-dotenv",)
_GRPC = ("grpcio", "protobuf")
_WEBSOCKET = (_PYTHON, "-m", "tests.examples.servers", "websocket")
_GATEWAY = (("MCPGATEWAY_BEARER_TOKEN", "none"),)
_PERF_TEST = (
    ("PERF_TEST_API_KEY", "none"),
    ("PERF_TEST_AUTH_HEADER", "none"),
    ("PERF_TEST_EMAIL_TEMPLATE_ID", "none"),
    ("PERF_TEST_EMAIL_TEMPLATE_ID_ONE_VAR", "none"),
    ("PERF_TEST_SMS_TEMPLATE_ID_ONE_VAR", "none"),
    ("PERF_TEST_DOMAIN", "http://127.0.0.1"),
)

LOCUST = Repository("locustio/locust", "407343d0f5ab84a32f41f6f9a7c991188d10a55a", {})
PLUGINS = Repository("SvenskaSpel/locust-plugins", "1c4314b8de42a31289e44fcf08f49f13cde9aace", {})

PUBLIC = (
    Repository(
        "GoogleCloudPlatform/microservices-demo",
        "34ffea9175946982c3088ed84994fe6019ad6e92",
        {"src/loadgenerator/locustfile.py": Way(needs=_FAKER)},
    ),
    Repository(
        "GoogleCloudPlatform/bank-of-anthos",
        "d0af04743a6d951665169ca6370d15725ec51252",
        {"src/loadgenerator/locustfile.py": Way()},
    ),
    Repository(
        "GoogleCloudPlatform/distributed-load-testing-using-kubernetes",
        "c857affebb99e93a8826831c5a0e5f970805a069",
        {"docker-image/locust-tasks/tasks.py": Way()},
    ),
    Repository(
        "instana/robot-shop",
        "55292e2199f2fb00a165b1f7d3045fe7f8922038",
        {"load-gen/robot-shop.py": Way(env=(("ERROR", "1"),), seconds=12)},
    ),
    Repository(
        "DescartesResearch/TeaStore",
        "5ab1188e3e6b43ed000d23c83d93498cc749d890",
        {"examples/locust/locustfile.py": Way()},
    ),
    Repository(
        "mozilla-services/contile",
        "8170ad2626ddc96a6f74ca794a9c33e9cb76e6e3",
        {"test-engineering/load/locustfiles/load.py": Way(above=1, needs=("pydantic",))},
    ),
    Repository(
        "mozilla-services/autopush-rs",
        "4ebe2624c02bee0a268146eba1077d29bf7ebcb2",
        {
            "tests/load/locustfiles/locustfile.py": Way(
                needs=("py-vapid", "pydantic"),
                beside=(Beside((*_WEBSOCKET, "8080"), 8080),),
                options=("--host", "ws://127.0.0.1:8080", "--wait_time", "1,2"),
                as_written=True,
            )
        },
    ),
    Repository(
        "plone/plone.restapi",
        "ee96ad917b4c61cf292df1719b81f85f1fd1cc64",
        {"performance/images.py": Way(), "performance/querystring-search.py": Way()},
    ),
    Repository(
        "IBM/mcp-context-forge",
        "ecba50e4828ae0c83f8ef7b1d6d485b3cf39ce66",
        {
            "tests/loadtest/locustfile_highthroughput.py": Way(env=_GATEWAY),
            "tests/loadtest/locustfile_slow_time_server.py": Way(env=_GATEWAY),
            "tests/loadtest/locustfile_secret_detection.py": Way(env=_GATEWAY),
            "tests/loadtest/locustfile_echo_delay.py": Way(env=_GATEWAY, needs=("requests",)),
            "tests/loadtest/locustfile_agentgateway_mcp_server_time.py": Way(needs=("mcp",)),
        },
    ),
    Repository(
        "cds-snc/notification-api",
        "72e3ae1e0c090819a8779455e837acf034923a11",
        {
            "tests-perf/throughput/locust_throughput.py": Way(
                options=("--start-users", "2", "--step-users", "1", "--step-time", "2")
            ),
            "tests-perf/individual_emails/individual-emails.py": Way(
                env=_PERF_TEST, options=("--ref", "mine"), needs=_DOTENV
            ),
            "tests-perf/waf-rules/locust-trigger-rate-limit-admin.py": Way(needs=_DOTENV),
            "scripts/soak_test/soak_test_all_servers.py": Way(needs=_DOTENV),
            "scripts/load_test/load_test.py": Way(needs=_DOTENV),
            "tests_nightly_performance/src/scaling_api.py": Way(
                env=_PERF_TEST,
                options=("--start-users", "2", "--step-users", "1", "--step-time", "2"),
                needs=_DOTENV,
            ),
        },
    ),
    Repository(
        "sabyadi/mongolocust",
        "ff26f3688df710cae26e84c1b46e8c6777f96701",
        {
            "load_test.py": Way(
                as_written=True,
                env=(("CLUSTER_URL", "mongodb://localhost:27017/?serverSelectionTimeoutMS=500"),),
                needs=("faker", "pymongo"),
            )
        },
    ),
    Repository(
        "Alfaturrahman/Load-Testing-Locust",
        "44badc1ee62ce5704b95527b7e7f290a799a4710",
        {"locust_combined.py": Way(), "locust_valid.py": Way()},
    ),
    Repository(
        "StanleyOneG/UGC_service",
        "df9465b73734f368413fdca0311eb21d71a65d82",
        {"research/event_store/load_test_es.py": Way(seconds=8)},
    ),
    Repository(
        "MirajHoque/Locust",
        "1fad7530ce34fb6c2ae24b079fdc53598c6e9e56",
        {
            "HttpUser/httpcat.py": Way(),
            "TaskSet/nestedTaskSet.py": Way(),
            "TaskSet/sequentialTaskSet.py": Way(),
            "verifyResponse/verifyResponse.py": Way(as_written=True),
            "HttpUser/reqres.py": Way(),
        },
    ),
    Repository(
        "wodwine/study-locust",
        "0cedd5c6027ec2f035ca2e8fbe26b8b89f4c3626",
        {
            "01_introduction/6_StartStop/start_stop_taskset.py": Way(as_written=True),
            "02_locust/2_Tag/tag_demo.py": Way(as_written=True, options=("--tags", "get")),
            "02_locust/3_DataParameterization/data_parameterization.py": Way(above=2),
            "02_locust/5_Correlation/pet_store.py": Way(),
            "02_locust/7_Events/events_hook_demo.py": Way(),
        },
    ),
    Repository(
        "Lindeneg/funkallero",
        "96cb9910b532f99a9f823d5e83b035901e061220",
        {"locust/locustfile.py": Way()},
    ),
    Repository(
        "ONSdigital/eq-survey-runner-benchmark",
        "da0e6194aaf8bb7239f9a61b7d2062106d4bf366",
        {
            "locustfile.py": Way(
                env=(("REQUESTS_JSON", "requests/test_checkbox.json"),),
                needs=("sdc-cryptography", "structlog", "pyyaml", "python-dateutil", "pytz"),
            )
        },
    ),
    Repository(
        "MacHu-GWU/aws_dla_lbd_api_gateway_load_test_examples",
        "e83486b6d9a9d0a8bc7b04d7aaa2379c63b1dbf8",
        {"tests_load/locustfile_fast.py": Way(), "tests_load/locustfile_slow.py": Way()},
    ),
    Repository(
        "rawalpuneet/dynamo-perf-tests",
        "5412f84fd45a47fdceb85daad6bf6fcf77c5f849",
        {"perf/locustfile.py": Way(needs=("pandas",))},
    ),
    Repository(
        "4OH4/kubernetes-fastapi",
        "3faa9012ea5ed7693c331e6ecc4da6d9c9d614ff",
        {"locustfile.py": Way()},
    ),
    Repository(
        "3D-Beacons/api-benchmark",
        "1cb4f8f9f043ce7131239077fc20e53b993ccad0",
        {"locustfile.py": Way(needs=("omegaconf",))},
    ),
    Repository(
        "gsy0911/zenn-web-framework-comparison",
        "b697e708e75e07b9cbcfddb9fa6965b541e66e28",
        {
            "locust/api_v1_user.py": Way(
                as_written=True, env=(("HOST", "http://127.0.0.1"), ("URL", "/v1/user"))
            )
        },
    ),
    Repository(
        "A1essandr0/benchmarks",
        "f85dac610355ac27e672fba38850d77d766a6b6e",
        {
            "locustfile.py": Way(),
            "locustfile-grpc.py": Way(as_written=True, needs=(*_GRPC, "grpc-interceptor")),
        },
    ),
    Repository(
        "inhyuk15/LocustChatServerTest",
        "bff1ad33c4a8c7116eb5c67365ca3b40d5eb25a7",
        {
            "locust_ws.py": Way(
                as_written=True, beside=(Beside((*_WEBSOCKET, "4001"), 4001),), seconds=10
            )
        },
    ),
    Repository(
        "Gongdoribong/ai-api",
        "071d7f5df31769f5817983f88b287c60dffecd2c",
        {
            "locustfile_ws.py": Way(as_written=True, beside=(Beside((*_WEBSOCKET, "8000"), 8000),)),
            "locustfile_sse.py": Way(),
        },
    ),
    Repository(
        "110kc3/locust-testing-rig",
        "d5c55538231390e84ca033fbd8aa3ef45bb586d9",
        {"locustfile.py": Way()},
    ),
    Repository(
        "2305-WildScribe/locust_testing",
        "510018557cc5aaca81f05ec67cd0f822f30ccc00",
        {
            "gin_sim_user.py": Way(needs=_FAKER),
            "login_test.py": Way(needs=_FAKER),
            "rails_create_adventure_test.py": Way(needs=_FAKER),
        },
    ),
    Repository(
        "0R0bin/OC_11_Gudlft",
        "472438b96c865dc594579f1077fcbab9d2d85de3",
        {"locustfile.py": Way(needs=("flask",))},
    ),
    Repository(
        "microservices-demo/load-test",
        "6ac732df7fac0860a8673da72f5527959fe7b606",
        {"locustfile.py": Way(not_here="of Locust before 1.0 (HttpLocust), as Locust itself says")},
    ),
)
