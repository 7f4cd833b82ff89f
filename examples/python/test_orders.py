"""Tests against the simulator, with Python's standard library only.

In one terminal:   npx sfc-preview-devtools simulate --control --clock virtual
In another:        SF_BASE_URL=... SF_API_KEY=... python3 -m unittest test_orders
"""

import json
import os
import unittest
import urllib.error
import urllib.request
import uuid

BASE_URL = os.environ["SF_BASE_URL"]
TOKEN = os.environ["SF_API_KEY"]
POOL = "sfc:pool:acme:default:main"


def call(method, path, body=None, **headers):
    """Sends one request; returns the status and the JSON of the response."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", **headers}
    request = urllib.request.Request(BASE_URL + path, data, headers, method=method)
    try:
        response = urllib.request.urlopen(request, timeout=10)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        text = response.read()
        return response.status, json.loads(text) if text else None


def buy(key):
    """Buys one node for an hour. The key makes it safe to send the order again."""
    _, clock = call("GET", "/_simulator/clock")
    start = clock["unixSeconds"] // 60 * 60 + 600
    query = {"side": "buy", "pool": POOL, "start_at": start, "duration_seconds": 3600, "node_count": 1}
    _, preview = call("POST", "/preview/v2/order_preview", {**query, "requirements": {}})
    return call("POST", "/preview/v2/orders", preview["post_order_body"], **{"Idempotency-Key": key})


class Orders(unittest.TestCase):
    def setUp(self):
        call("POST", "/_simulator/reset")

    def test_an_order_fills_when_time_passes(self):
        _, order = buy(str(uuid.uuid4()))
        call("POST", "/_simulator/clock/advance", {"seconds": 5})
        _, order = call("GET", f"/preview/v2/orders/{order['id']}")
        self.assertEqual(order["status"], "filled")

    def test_an_order_that_is_sent_again_after_a_lost_response_is_placed_once(self):
        lost = {"kind": "answer", "status": 503, "commit": True}
        call("POST", "/_simulator/faults", {"operation": "orders.create", "times": 1, "fault": lost})
        key = str(uuid.uuid4())
        self.assertEqual([buy(key)[0], buy(key)[0]], [503, 201])
        _, log = call("GET", "/_simulator/requests")
        sent = [(entry["committed"], entry["replayed"]) for entry in log["data"] if entry.get("idempotencyKey") == key]
        self.assertEqual(sent, [(True, False), (False, True)])
        self.assertEqual(len(call("GET", "/_simulator/state")[1]["orders"]), 1)


if __name__ == "__main__":
    unittest.main()
