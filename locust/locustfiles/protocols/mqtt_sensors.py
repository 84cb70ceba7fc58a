"""MQTT: sensors that publish and listen, through the user class that Locust has for it.

    pip install paho-mqtt
    cd locust/locustfiles/protocols
    locust -f mqtt_sensors.py --host 127.0.0.1 --mqtt-port 1883 --headless -u 20 -t 1m

With QoS 1 a publication's response time is until the broker acknowledged it; with QoS 0 there is no
answer, and its time is that of handing it over. A topic for each sensor makes an endpoint of each:
hence a client that calls them all the same. Plain Locust.
"""

import json
import random
import time
from typing import Any

from locust import between, events, task
from locust.contrib.mqtt import MqttClient, MqttUser


@events.init_command_line_parser.add_listener
def options(parser: Any) -> None:
    """Add the broker's port, which --host doesn't say."""
    parser.add_argument("--mqtt-port", type=int, default=1883, help="The broker's port")


class Named(MqttClient):
    """Calls requests by what they are, and not by their topic."""

    def _generate_event_name(self, event_type: str, qos: int, topic: str) -> str:
        return f"{event_type} qos {qos} {topic.partition('/')[0]}/[sensor]"


class Sensor(MqttUser):
    """Publishes what it measures, and hears what is published to it."""

    wait_time = between(0.2, 0.6)
    client_cls = Named

    def __init__(self, environment: Any) -> None:
        type(self).port = environment.parsed_options.mqtt_port
        super().__init__(environment)
        self.number = random.randrange(10_000)

    def on_start(self) -> None:
        """Wait until there is a connection, then subscribe."""
        for _ in range(100):
            if self.client.is_connected():
                break
            time.sleep(0.1)
        self.client.subscribe(f"commands/{self.number}", qos=1)

    @task
    def publish(self) -> None:
        """Publish a temperature."""
        told = json.dumps({"celsius": random.gauss(20, 2), "at": time.time()})
        self.client.publish(f"sensors/{self.number}", told, qos=1)
