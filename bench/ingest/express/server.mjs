// Accepts alerts as a service with Express, BullMQ, Redis and pg does, written as its best users would: a process
// for each core, pooled connections, named (prepared) statements, one transaction for an alert, pipelined commands
// to Redis. It writes the same rows to the same tables as Atalaya, and queues a job. POST /webhook/:token/document
// only does what the flow of the user's document does.
import cluster from "node:cluster";
import crypto from "node:crypto";
import os from "node:os";
import express from "express";
import pg from "pg";
import { Redis } from "ioredis";
import { Queue } from "bullmq";

if (cluster.isPrimary) {
  for (let i = 0; i < os.availableParallelism(); i++) cluster.fork();
} else {
  serve();
}

const limit = Number(process.env.LIMIT);

function serve() {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
  const redis = new Redis({ port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null, enableAutoPipelining: true });
  const queue = new Queue("screenshots", { connection: redis });
  const app = express();
  app.disable("x-powered-by");
  app.use(express.text({ type: () => true, limit: "64kb" }));
  app.get("/health", (_req, res) => res.json({ ok: true }));
  app.post("/webhook/:token", (req, res, next) => receive(pool, redis, queue, req, res).catch(next));
  app.post("/webhook/:token/document", (req, res, next) => document(pool, queue, req, res).catch(next));
  app.use((err, _req, res, _next) => {
    console.error(err.message);
    res.status(503).json({ success: false, error: "unavailable" });
  });
  app.listen(Number(process.env.PORT), "127.0.0.1", 1024);
}

const query = (client, name, text, values) => client.query({ name, text, values });

// read returns the fields of a JSON body. Other bodies are kept as text.
function read(body) {
  let parsed = {};
  try {
    parsed = JSON.parse(body);
  } catch { /* text */ }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) parsed = {};
  const ticker = parsed.ticker ?? parsed.symbol ?? null;
  const [exchange, symbol] = String(ticker ?? "").includes(":") ? String(ticker).split(":") : [null, ticker];
  const price = Number.isFinite(Number(parsed.price)) && parsed.price !== "" && parsed.price != null ? String(parsed.price) : null;
  const text = (v) => (v == null ? null : String(v).replaceAll("\0", "").slice(0, 200));
  return {
    parsed, ticker: text(ticker)?.slice(0, 129) ?? null, exchange: text(exchange), symbol: text(symbol), price,
    signalType: text(parsed.signal_type ?? parsed.action), indicator: text(parsed.indicator), interval: text(parsed.interval),
    direction: /long|buy/i.test(parsed.direction ?? parsed.action ?? "") ? "LONG" : /short|sell/i.test(parsed.direction ?? parsed.action ?? "") ? "SHORT" : null,
  };
}

// overLimit counts an alert in the minute's window of its token, and its capture in three windows, in
// one round trip.
async function overLimit(redis, token) {
  const now = Date.now();
  const windows = [["flood", 60], ["minute", 60], ["hour", 3600], ["day", 86400]];
  const multi = redis.multi();
  for (const [name, seconds] of windows) {
    const key = `rl:${name}:${token}:${Math.floor(now / 1000 / seconds)}`;
    multi.incr(key);
    multi.expire(key, seconds);
  }
  const counts = (await multi.exec()).filter((_, i) => i % 2 === 0).map(([, n]) => n);
  return { flood: counts[0] > limit, capture: counts.slice(1).some((n) => n > limit) };
}

const insertAll = `
with signal as (
  insert into public.trading_signals (user_id, indicator_name, ticker, exchange, symbol, price, signal_type, direction, chart_id,
    interval, screenshot_status, raw_message, parsed_data, parse_status, timestamp)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'json', now()) returning id
), delivery as (
  insert into public.webhook_deliveries (user_id, body, body_size, sender, outcome, signal_id)
  select $1, $14, $15, $16, 'accepted', id from signal
), key as (
  insert into public.alert_keys (user_id, key, signal_id, expires_at)
  select $1, $17, id, now() + interval '30 seconds' from signal
  on conflict (user_id, key) do update set signal_id = excluded.signal_id, expires_at = excluded.expires_at
), counted as (
  update public.trading_signals_config
  set webhook_requests_count = webhook_requests_count + 1,
      signals_used_this_month = case when quota_month < date_trunc('month', now() at time zone 'utc')::date then 0 else signals_used_this_month end + 1,
      quota_month = greatest(quota_month, date_trunc('month', now() at time zone 'utc')::date)
  where user_id = $1
)
select id from signal`;

async function receive(pool, redis, queue, req, res) {
  const start = Date.now();
  const { token } = req.params;
  const limits = await overLimit(redis, token);
  if (limits.flood) return res.status(429).json({ success: false, error: "rate_limit_exceeded" });
  const body = (req.body || "").replaceAll("\0", "");
  const alert = read(body);
  const key = crypto.createHash("sha256").update(body).digest();
  const client = await pool.connect();
  let id, queued;
  try {
    await client.query("begin");
    const { rows: [tenant] } = await query(client, "tenant", "select * from public.trading_signals_config where webhook_token = $1 for update", [token]);
    if (!tenant) {
      await client.query("rollback");
      return res.status(401).json({ success: false, error: "invalid_token" });
    }
    const { rows: [first] } = await query(client, "repeat", "select signal_id from public.alert_keys where user_id = $1 and key = $2 and expires_at > now()", [tenant.user_id, key]);
    if (first) {
      await client.query("rollback");
      return res.json({ success: true, signal_id: first.signal_id, duplicate: true });
    }
    if (tenant.signals_quota !== -1 && tenant.signals_used_this_month >= tenant.signals_quota) {
      await client.query("rollback");
      return res.status(429).json({ success: false, error: "quota_exceeded" });
    }
    const chart = alert.parsed.chart_id ?? tenant.default_chart_id;
    queued = Boolean(chart && tenant.tv_sessionid && tenant.cookies_valid) && !limits.capture;
    const { rows } = await query(client, "insert", insertAll, [
      tenant.user_id, alert.indicator, alert.ticker, alert.exchange, alert.symbol, alert.price, alert.signalType, alert.direction, chart, alert.interval,
      queued ? "pending" : "skipped", body, JSON.stringify(alert.parsed), Buffer.from(body), Buffer.byteLength(body), req.socket.remoteAddress, key]);
    id = rows[0].id;
    await client.query("commit");
  } catch (err) {
    await client.query("rollback").catch(() => {});
    throw err;
  } finally {
    client.release();
  }
  if (queued) await queue.add("capture", { signalId: id }, { attempts: 3, backoff: { type: "exponential", delay: 5000 }, removeOnComplete: true });
  res.json({ success: true, message: "Signal stored", signal_id: id, screenshot_queued: queued, duplicate: false, duration_ms: Date.now() - start, timestamp: new Date().toISOString() });
}

// document is the flow that the user's document shows: select by token, quota, insert, increment,
// enqueue, answer.
async function document(pool, queue, req, res) {
  const { token } = req.params;
  const { rows: [tenant] } = await query(pool, "config", "select * from public.trading_signals_config where webhook_token = $1", [token]);
  if (!tenant) return res.status(401).json({ success: false, error: "invalid_token" });
  if (tenant.signals_quota !== -1 && tenant.signals_used_this_month >= tenant.signals_quota) return res.status(429).json({ success: false, error: "quota_exceeded" });
  const body = (req.body || "").replaceAll("\0", "");
  const alert = read(body);
  const chart = alert.parsed.chart_id ?? tenant.default_chart_id;
  const { rows: [signal] } = await query(pool, "signal", `insert into public.trading_signals (user_id, indicator_name, ticker, exchange, symbol, price, signal_type,
    direction, chart_id, interval, screenshot_status, raw_message, parsed_data) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'pending', $11, $12) returning id`,
    [tenant.user_id, alert.indicator, alert.ticker, alert.exchange, alert.symbol, alert.price, alert.signalType, alert.direction, chart, alert.interval, body, JSON.stringify(alert.parsed)]);
  await query(pool, "increment", "select public.increment_webhook_usage($1)", [token]);
  await queue.add("capture", { signalId: signal.id }, { attempts: 3, backoff: { type: "exponential", delay: 5000 } });
  res.json({ success: true, signal_id: signal.id, screenshot_queued: true });
}
