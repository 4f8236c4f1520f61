"""python3-redis, unchanged, against the gateways of a cluster. Prints ok."""
import sys
import time

import redis

ports = [int(p) for p in sys.argv[1:]]
one, two, three = (redis.Redis(port=p, decode_responses=True) for p in ports)


def eventually(condition):
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until, "a write did not reach its peer"


assert one.ping()
assert one.set("py:k", "v", ex=100) and 0 < one.ttl("py:k") <= 100
assert one.set("py:k", "w", nx=True) is None and one.set("py:k", "w", xx=True, get=True) == "v"
eventually(lambda: two.get("py:k") == "w")
assert one.mset({f"py:{i}": i for i in range(100)})
eventually(lambda: three.mget([f"py:{i}" for i in range(100)]) == [str(i) for i in range(100)])
assert sorted(one.scan_iter("py:1?")) == [f"py:1{i}" for i in range(10)]
assert one.incrby("py:n", 5) == 5 and one.decr("py:n") == 4 and one.append("py:n", "2") == 2 and one.strlen("py:n") == 2
assert one.getset("py:n", "x") == "42" and one.getdel("py:n") == "x" and not one.exists("py:n")
assert one.expire("py:k", 50) and one.persist("py:k") and one.ttl("py:k") == -1 and one.pttl("py:none") == -2
pipe = one.pipeline(transaction=False)
for i in range(1000):
    pipe.set(f"py:p:{i}", "x" * i)
assert all(pipe.execute())
assert len(one.keys("py:p:*")) == 1000
info = one.info()
assert info["redis_version"] == "7.0.15" and info["loading"] == 0 and info["mutations_published"] > 1000
assert one.client_setname("py") and one.client_getname() == "py" and any(c["name"] == "py" for c in one.client_list())
assert one.type("py:k") == "string" and one.type("py:none") == "none" and one.dbsize() >= 1100
for bad in (lambda: one.incr("py:k"), lambda: one.execute_command("NOSUCH"), lambda: one.execute_command("GET")):
    try:
        bad()
    except redis.ResponseError:
        continue
    raise AssertionError("an error reply was expected")
binary = redis.Redis(port=ports[0])
assert binary.set(b"py:\x00\xff", bytes(range(256))) and binary.get(b"py:\x00\xff") == bytes(range(256))
assert binary.delete(b"py:\x00\xff") == 1
assert one.delete(*one.keys("py:*")) >= 1100
print("ok")
