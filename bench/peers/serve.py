"""Serves one peer to the benchmarks: a line of JSON a request on standard input, a line an answer on standard output.

A peer is a module with a `version`, and `prepare(workload, inputs, options)`, which gives a function without parameters
that runs the workload once, to its end, and returns its results by name.
"""

import gc
import importlib
import json
import os
import sys
import time

import numpy as np


def read_inputs(places, file):
    numbers = np.fromfile(file)

    def one(place):
        shape = place["shape"]
        size = int(np.prod(shape))
        return numbers[place["offset"] : place["offset"] + size].reshape(shape)

    return {name: one(place) for name, place in places.items()}


def write_results(results, file):
    places, offset = [], 0
    with open(file, "wb") as out:
        for name, value in results.items():
            array = np.ascontiguousarray(value, dtype=np.float64)
            array.tofile(out)
            places.append({"name": name, "offset": offset, "size": array.size})
            offset += array.size
    return places


def elapsed(call, count):
    start = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - start) * 1e3


class Server:
    def __init__(self, peer):
        self.peer = peer
        self.calls = {}

    def hello(self, _):
        return {"version": self.peer.version}

    def prepare(self, request):
        inputs = read_inputs(request["inputs"], request["file"])
        call = self.peer.prepare(request["workload"], inputs, request["options"])
        self.calls[request["id"]] = call
        return {"first": elapsed(call, 1)}

    def run(self, request):
        count = request["count"]
        return {"milliseconds": elapsed(self.calls[request["id"]], count) / count}

    def results(self, request):
        return {"places": write_results(self.calls[request["id"]](), request["file"])}

    def forget(self, request):
        del self.calls[request["id"]]
        gc.collect()
        return {}


def main(name):
    # What libraries print must not come between answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        server = Server(importlib.import_module(f"{name}_peer"))
        problem = None
    except ImportError as error:
        problem = f"not installed for the Python that AUTOGRAD_BENCH_PYTHON names: {error}"
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"error": problem} if problem else getattr(server, request["op"])(request)
        except Exception as error:  # whatever it is, the benchmark names it in the row
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
