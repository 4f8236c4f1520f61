// ioredis, unchanged, against the gateways of a cluster. Prints ok.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(process.env.CLIENT_MODULES ? process.env.CLIENT_MODULES + "/" : import.meta.url);
const Redis = require("ioredis");
const [one, two, three] = process.argv.slice(2).map((port) => new Redis({ port: Number(port), host: "127.0.0.1" }));

async function eventually(condition) {
  const until = Date.now() + 10_000;
  while (!(await condition())) assert(Date.now() < until, "a write did not reach its peer");
}

assert.equal(await one.ping(), "PONG");
assert.equal(await one.set("js:k", "v", "PX", 100_000, "NX"), "OK");
assert.equal(await one.set("js:k", "v", "NX"), null);
await eventually(async () => (await two.get("js:k")) === "v");
await one.mset(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`js:${i}`, i])));
await eventually(async () => (await three.mget("js:0", "js:99", "js:none")).join() === "0,99,");
const replies = await one.pipeline().set("js:p", "1").incr("js:p").append("js:p", "0").get("js:p").pttl("js:p").exec();
assert.deepEqual(replies.map(([error, reply]) => error ?? reply), ["OK", 2, 2, "20", -1]);
const found = [];
for await (const keys of one.scanStream({ match: "js:1?" })) found.push(...keys);
assert.deepEqual([...new Set(found)].sort(), Array.from({ length: 10 }, (_, i) => `js:1${i}`));
await assert.rejects(one.call("NOSUCH"), /unknown command/);
await assert.rejects(one.incr("js:k"), /not an integer/);
const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
await one.set("js:bytes", bytes);
assert.deepEqual(await one.getBuffer("js:bytes"), bytes);
assert.match(await one.info("server"), /redis_version:7\.0\.15/);
assert((await one.del(await one.keys("js:*"))) >= 100);
for (const client of [one, two, three]) client.disconnect();
console.log("ok");
