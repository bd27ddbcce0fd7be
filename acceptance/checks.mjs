// Tries what front ends do with supabase-js, and everything that they may not do. It reads the project's addresses
// and keys from standard input and prints a line of JSON for each check.
import { createClient } from "@supabase/supabase-js";

const told = JSON.parse(await new Response(process.stdin).text());
let group = "";

function report(name, forbidden, problem) {
  console.log(JSON.stringify({ group, name, forbidden, problem: problem ?? "" }));
}

async function allowed(name, act) {
  try {
    const problem = await act();
    report(name, false, problem);
  } catch (error) {
    report(name, false, String(error.message ?? error));
  }
}

const brief = (value) => JSON.stringify(value)?.slice(0, 200);
const expect = (ok, seen) => (ok ? undefined : "seen: " + brief(seen));

// The codes of refusals: no privilege, a row that exists already, no such role; in PostgREST no such relationship,
// schema, function or table, and a token that does not verify. Any other error means that the request was never
// judged.
const refusals = ["42501", "23505", "22023", "42P01", "PGRST200", "PGRST106", "PGRST202", "PGRST205", "PGRST301", "PGRST302"];

// forbidden passes if the request is refused or, with mayBeEmpty, if row level security hides all rows.
async function forbidden(name, request, { mayBeEmpty = false } = {}) {
  const { data, error, status } = await request;
  if (error) {
    const refused = refusals.includes(error.code);
    return report(name, true, refused ? undefined : `status ${status}: ${brief(error)}`);
  }
  const empty = data === null ? false : Array.isArray(data) && data.length === 0;
  report(name, true, mayBeEmpty && empty ? undefined : `status ${status}: ${brief(data)}`);
}

const quiet = { auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false } };
const bearing = (token) => createClient(told.url, told.anonKey, { ...quiet, global: { headers: { Authorization: `Bearer ${token}` } } });
const anon = createClient(told.url, told.anonKey, quiet);
const service = createClient(told.url, told.serviceKey, quiet);
const ana = createClient(told.url, told.anonKey, quiet);
const bruno = bearing(told.bruno.token);
const late = bearing(told.late.token);
const guest = bearing(told.guest.token);

const api = (path, token, init = {}) =>
  fetch(told.api + path, { ...init, headers: { ...(token ? { Authorization: `Bearer ${token}` } : {}), "Content-Type": "application/json", ...init.headers } });

const signals = "trading_signals";
const config = "trading_signals_config";
const stats = "trading_signals_stats";
const exposed = [signals, config, stats];
// The tables that no front end may use, each with one of its columns, because PostgREST refuses unknown columns
// before it asks the database.
const columnOf = { webhook_deliveries: "user_id", alert_keys: "user_id", screenshot_removals: "path", capture_leases: "account", plans: "name", signal_deletions: "user_id", upkeep_runs: "name" };
const closed = Object.keys(columnOf);
const write = (table) => ({ [columnOf[table] ?? "user_id"]: (columnOf[table] ?? "user_id") === "user_id" ? told.ana.id : "x" });

// --- what front ends do ---

group = "sign in and read";
await allowed("signInWithPassword", async () => {
  const { data, error } = await ana.auth.signInWithPassword({ email: told.ana.email, password: told.ana.password });
  const claims = error ? {} : JSON.parse(Buffer.from(data.session.access_token.split(".")[1], "base64url").toString());
  return expect(claims.sub === told.ana.id && claims.role === "authenticated", error ?? claims);
});
await allowed("getUser", async () => {
  const { data, error } = await ana.auth.getUser();
  return expect(!error && data.user.id === told.ana.id, error);
});
await allowed("webhook_token with .single()", async () => {
  const { data, error } = await ana.from(config).select("webhook_token").single();
  return expect(!error && data.webhook_token === told.webhooks.ana, error);
});
await allowed("webhook_token by user_id with .single()", async () => {
  const { data, error } = await ana.from(config).select("webhook_token").eq("user_id", told.ana.id).single();
  return expect(!error && /^[0-9a-f]{64}$/.test(data.webhook_token), error);
});

group = "alerts";
const alerts = [
  ["ana", { ticker: "BTCUSDT", exchange: "BINANCE", direction: "LONG", price: 50000, indicator_name: "Cruce" }],
  ["ana", { ticker: "ETHUSDT", exchange: "BINANCE", direction: "SHORT", price: 3000.5, indicator_name: "Cruce" }],
  ["ana", { ticker: "AAPL", exchange: "NASDAQ", direction: "LONG", price: 190, indicator_name: "RSI" }],
  ["bruno", { ticker: "EURUSD", exchange: "FX", direction: "SHORT", price: 1.1, indicator_name: "RSI" }],
];
const ids = { ana: [], bruno: [] };
for (const [who, alert] of alerts) {
  await allowed(`${who}'s alert for ${alert.ticker}`, async () => {
    const answer = await fetch(`${told.api}/webhook/${told.webhooks[who]}`, { method: "POST", body: JSON.stringify(alert) });
    const body = await answer.json();
    ids[who].push(body.signal_id);
    return expect(answer.status === 200 && body.success, body);
  });
}

group = "read with select('*')";
for (const [table, count] of [[signals, 3], [config, 1], [stats, 1]]) {
  await allowed(table, async () => {
    const { data, error } = await ana.from(table).select("*");
    return expect(!error && data.length === count && data.every((row) => row.user_id === told.ana.id), error ?? data);
  });
}
await allowed("newest first with a limit", async () => {
  const { data, error } = await ana.from(signals).select("*").order("created_at", { ascending: false }).limit(2);
  return expect(!error && data.length === 2 && data[0].ticker === "NASDAQ:AAPL", error ?? data);
});
await allowed("a range with an exact count", async () => {
  const { data, count, error } = await ana.from(signals).select("*", { count: "exact" }).range(0, 1);
  return expect(!error && data.length === 2 && count === 3, error ?? count);
});
for (const [name, filter, count] of [
  ["ticker", (q) => q.eq("ticker", "BINANCE:BTCUSDT"), 1],
  ["direction", (q) => q.eq("direction", "LONG"), 2],
  ["result", (q) => q.eq("result", "pending"), 3],
  ["several results", (q) => q.in("result", ["win", "loss"]), 0],
  ["since", (q) => q.gte("created_at", new Date(Date.now() - 3600e3).toISOString()), 3],
  ["until", (q) => q.lte("created_at", new Date(Date.now() - 3600e3).toISOString()), 0],
  ["text", (q) => q.ilike("ticker", "%usdt"), 2],
  ["indicator", (q) => q.eq("indicator_name", "RSI"), 1],
]) {
  await allowed(`filter by ${name}`, async () => {
    const { data, error } = await filter(ana.from(signals).select("*"));
    return expect(!error && data.length === count, error ?? data);
  });
}
await allowed("one signal by id", async () => {
  const { data, error } = await ana.from(signals).select("*").eq("id", ids.ana[0]).single();
  return expect(!error && data.ticker === "BINANCE:BTCUSDT", error);
});

group = "write what is one's own";
for (const result of ["win", "loss", "breakeven", "skip", "pending"]) {
  await allowed(`result ${result}`, async () => {
    const change = { result, entry_price: 50000, exit_price: 51000, profit_loss: result === "loss" ? -5 : 10, profit_loss_percent: 2, notes: "nota", tags: ["a"], updated_at: new Date().toISOString() };
    const { data, error } = await ana.from(signals).update(change).eq("id", ids.ana[0]).select().single();
    return expect(!error && data.result === result, error);
  });
}
await allowed("statistics follow", async () => {
  await ana.from(signals).update({ result: "win", profit_loss: 10 }).eq("id", ids.ana[0]);
  const { data, error } = await ana.from(stats).select("*").single();
  return expect(!error && data.total_signals === 3 && data.wins === 1 && Number(data.win_rate) === 100, error ?? data);
});
await allowed("updated_at is the server's", async () => {
  const { data, error } = await ana.from(signals).update({ notes: "x", updated_at: "2001-01-01T00:00:00Z" }).eq("id", ids.ana[0]).select().single();
  return expect(!error && new Date(data.updated_at).getFullYear() > 2020, error ?? data);
});
for (const change of [
  { default_chart_id: "abc123" }, { screenshot_resolution: "4k" }, { preferred_timezone: "America/New_York" }, { webhook_enabled: false },
  { webhook_enabled: true }, { capture_enabled: false }, { capture_without_cookies: true }, { telegram_enabled: true }, { telegram_chat_id: "-100123" },
  { telegram_bot_token: "123:" + "a".repeat(10) }, { discord_webhook_url: null }, { email_notifications: true }, { dedupe_window_seconds: 60 },
]) {
  await allowed(`setting ${Object.keys(change)[0]}`, async () => {
    const { data, error } = await ana.from(config).update({ ...change, updated_at: new Date().toISOString() }).eq("user_id", told.ana.id).select().single();
    const [column, value] = Object.entries(change)[0];
    return expect(!error && data[column] === value, error ?? data);
  });
}
await allowed("a missing settings row is made, with the server's values", async () => {
  const mine = { user_id: told.late.id, webhook_token: "f".repeat(64), webhook_enabled: true, signals_quota: 999999, signals_used_this_month: -5, screenshot_resolution: "1080p" };
  const { error } = await late.from(config).insert(mine);
  if (error) return brief(error);
  const { data } = await late.from(config).select("*").single();
  return expect(data.webhook_token !== mine.webhook_token && data.signals_quota === 1000 && data.signals_used_this_month === 0 && data.user_plan === "free", data);
});
await allowed("one's own signal is deleted", async () => {
  const { data, error } = await ana.from(signals).delete().eq("id", ids.ana[2]).select();
  return expect(!error && data.length === 1, error ?? data);
});
for (const table of [...exposed, ...closed]) {
  await allowed(`the service key reads ${table}`, async () => expect(!(await service.from(table).select("*")).error, table));
}

group = "the API with the session's token";
await allowed("the list", async () => {
  const body = await (await api("/api/signals?limit=50&offset=0&result=all", told.ana.token)).json();
  return expect(body.success && body.total === 2 && body.data.every((s) => s.user_id === told.ana.id), body);
});
await allowed("a result", async () => {
  const answer = await api(`/api/signals/${ids.ana[1]}`, told.ana.token, { method: "PUT", body: JSON.stringify({ result: "loss", profit_loss: -20.5, notes: "x" }) });
  const body = await answer.json();
  return expect(answer.status === 200 && body.data.result === "loss", body);
});
for (const path of ["/api/config", "/api/stats", "/api/deliveries"]) {
  await allowed(path, async () => expect((await api(path, told.ana.token)).status === 200, path));
}

// --- what they may not do ---

group = "other users' rows";
for (const table of exposed) {
  await forbidden(`read ${table}`, ana.from(table).select("*").eq("user_id", told.bruno.id), { mayBeEmpty: true });
  await forbidden(`read ${table} by exclusion`, ana.from(table).select("*").neq("user_id", told.ana.id), { mayBeEmpty: true });
  await forbidden(`delete from ${table}`, ana.from(table).delete().eq("user_id", told.bruno.id).select(), { mayBeEmpty: true });
  await forbidden(`insert into ${table}`, ana.from(table).insert({ user_id: told.bruno.id }));
  await forbidden(`upsert into ${table}`, ana.from(table).upsert({ user_id: told.bruno.id }));
}
await forbidden("update a result", ana.from(signals).update({ result: "win" }).eq("id", ids.bruno[0]).select(), { mayBeEmpty: true });
await forbidden("update settings", ana.from(config).update({ webhook_enabled: false }).eq("user_id", told.bruno.id).select(), { mayBeEmpty: true });
await forbidden("insert settings in another's name", late.from(config).insert({ user_id: told.guest.id, webhook_enabled: true }));
await forbidden("a second settings row of one's own", ana.from(config).insert({ user_id: told.ana.id, webhook_enabled: true }));
await forbidden("settings of an anonymous sign-in", guest.from(config).insert({ user_id: told.guest.id, webhook_enabled: true }));

group = "columns that are the server's";
for (const [table, columns] of [
  [signals, { id: crypto.randomUUID(), user_id: told.bruno.id, ticker: "X", exchange: "X", symbol: "X", price: 1, signal_type: "x", direction: "LONG", chart_id: "x", interval: "1", indicator_name: "x",
    screenshot_url: "https://example.com/x.png", screenshot_status: "completed", screenshot_error: "x", screenshot_path: "x", screenshot_kind: "user_chart", raw_message: "x", parsed_data: {}, parse_status: "json",
    missing: [], timestamp: "2026-01-01T00:00:00Z", created_at: "2026-01-01T00:00:00Z" }],
  [config, { id: crypto.randomUUID(), user_id: told.bruno.id, webhook_token: "a".repeat(64), webhook_requests_count: 0, signals_quota: -1, signals_used_this_month: 0, quota_month: "2020-01-01", user_plan: "lifetime",
    tv_sessionid: "x", tv_sessionid_sign: "x", cookies_valid: true, cookies_updated_at: "2026-01-01T00:00:00Z", consent_at: "2026-01-01T00:00:00Z", consent_version: "1", created_at: "2026-01-01T00:00:00Z" }],
  [stats, { user_id: told.bruno.id, total_signals: 99, signals_with_result: 9, wins: 99, losses: 0, breakevens: 0, win_rate: 100, total_profit_loss: 1e6, profit_factor: 9, current_streak: 9, max_win_streak: 9 }],
]) {
  for (const [column, value] of Object.entries(columns)) {
    await forbidden(`update ${table}.${column}`, ana.from(table).update({ [column]: value }).eq("user_id", told.ana.id).select());
  }
}
for (const column of ["user_plan", "tv_sessionid", "tv_sessionid_sign", "cookies_valid", "quota_month", "consent_at", "webhook_requests_count"]) {
  await forbidden(`insert a settings row with ${column}`, late.from(config).insert({ user_id: told.late.id, [column]: null }));
}
await forbidden("a signal of one's own making", ana.from(signals).insert({ user_id: told.ana.id, ticker: "X" }));
await forbidden("statistics of one's own making", ana.from(stats).insert({ user_id: told.ana.id, wins: 5 }));
await forbidden("delete one's settings, and so the used quota", ana.from(config).delete().eq("user_id", told.ana.id));
await forbidden("delete one's statistics", ana.from(stats).delete().eq("user_id", told.ana.id));

group = "closed tables and schemas";
for (const table of closed) {
  await forbidden(`read ${table}`, ana.from(table).select("*"));
  await forbidden(`insert into ${table}`, ana.from(table).insert(write(table)));
  await forbidden(`update ${table}`, ana.from(table).update(write(table)).not(columnOf[table], "is", null));
  await forbidden(`delete from ${table}`, ana.from(table).delete().not(columnOf[table], "is", null));
}
for (const [schema, table] of [["river", "river_job"], ["auth", "users"], ["storage", "objects"], ["storage", "buckets"], ["supabase_migrations", "schema_migrations"], ["pg_catalog", "pg_authid"], ["information_schema", "tables"]]) {
  await forbidden(`read ${schema}.${table}`, ana.schema(schema).from(table).select("*"));
  await forbidden(`anon reads ${schema}.${table}`, anon.schema(schema).from(table).select("*"));
}
for (const table of ["river_job", "river_queue", "users", "objects", "schema_migrations"]) {
  await forbidden(`read ${table} as if it were public`, ana.from(table).select("*"));
}
await forbidden("embed users", ana.from(signals).select("*, users(*)"));
await forbidden("embed deliveries", ana.from(signals).select("*, webhook_deliveries(*)"));

// A double of Storage holds the bytes and answers. The policies on storage.objects, in the project's own database,
// decide what a caller may do with an object.
group = "pictures";
const pictures = (client) => client.storage.from("trading-screenshots");
const shown = async (path) => {
  const answer = await fetch(pictures(anon).getPublicUrl(path).data.publicUrl);
  const head = [...new Uint8Array(await answer.arrayBuffer()).slice(1, 4)];
  return answer.status === 200 && answer.headers.get("content-type") === "image/png" && String.fromCharCode(...head) === "PNG";
};
for (const [who, path] of Object.entries(told.pictures)) {
  await allowed(`${who}'s picture by its public address`, async () => expect(await shown(path), path));
  await allowed(`the service lists ${who}'s folder`, async () => {
    const { data, error } = await pictures(service).list(path.split("/")[0]);
    return expect(!error && data.length === 1, error ?? data);
  });
}
// refusedThere passes if the token or the request is refused or, with mayBeEmpty, if nothing is seen or done.
async function refusedThere(name, request, { mayBeEmpty = false } = {}) {
  const { data, error } = await request;
  const judged = ["401", "403", "404"].includes(String(error?.statusCode ?? error?.status));
  const empty = Array.isArray(data) && data.every((item) => item.error !== undefined && !item.signedUrl);
  report(name, true, (error ? judged : mayBeEmpty && empty) ? undefined : brief(error ?? data));
}
const blank = new Uint8Array([137, 80, 78, 71]);
const asPicture = { contentType: "image/png" };
for (const [who, client] of [["anon", anon], ["ana", ana], ["bruno", bruno], ["an anonymous sign-in", guest]]) {
  const folder = told.ana.id;
  await refusedThere(`${who} lists the bucket`, pictures(client).list(), { mayBeEmpty: true });
  await refusedThere(`${who} lists ana's folder`, pictures(client).list(folder), { mayBeEmpty: true });
  await refusedThere(`${who} downloads ana's picture as a member`, pictures(client).download(told.pictures.ana));
  await refusedThere(`${who} signs an address of ana's picture`, pictures(client).createSignedUrls([told.pictures.ana], 60), { mayBeEmpty: true });
  await refusedThere(`${who} uploads into ana's folder`, pictures(client).upload(`${folder}/mine.png`, blank, asPicture));
  await refusedThere(`${who} uploads over ana's picture`, pictures(client).upload(told.pictures.ana, blank, { ...asPicture, upsert: true }));
  await refusedThere(`${who} uploads beside the folders`, pictures(client).upload("mine.png", blank, asPicture));
  await refusedThere(`${who} removes ana's picture`, pictures(client).remove([told.pictures.ana]), { mayBeEmpty: true });
  await refusedThere(`${who} reads the bucket's settings`, client.storage.getBucket("trading-screenshots"));
  await refusedThere(`${who} changes the bucket`, client.storage.updateBucket("trading-screenshots", { public: false }));
}
for (const [name, token] of Object.entries(told.forged)) {
  await refusedThere(`list: ${name}`, pictures(bearing(token)).list(told.ana.id));
}
await allowed("both pictures are as they were", async () => expect((await shown(told.pictures.ana)) && (await shown(told.pictures.bruno)), told.pictures));

group = "functions";
for (const [name, args] of [
  ["increment_webhook_usage", { p_webhook_token: told.webhooks.bruno }], ["reset_monthly_signal_quotas", {}], ["recompute_trading_stats", { p_user_id: told.bruno.id }],
  ["recompute_trading_results", { p_user_id: told.bruno.id, p_added: 5 }], ["handle_new_user_trading_config", {}], ["guard_trading_config", {}], ["count_new_signals", {}],
  ["count_changed_signals", {}], ["count_deleted_signals", {}], ["count_truncated_signals", {}], ["note_deleted_signals", {}], ["set_trading_updated_at", {}], ["pg_sleep", { seconds: 1 }],
]) {
  await forbidden(`${name} by a user`, ana.rpc(name, args));
  await forbidden(`${name} by anon`, anon.rpc(name, args));
}

group = "anon";
for (const table of [...exposed, ...closed]) {
  await forbidden(`read ${table}`, anon.from(table).select("*"));
  await forbidden(`insert into ${table}`, anon.from(table).insert(write(table)));
  await forbidden(`update ${table}`, anon.from(table).update(write(table)).not(columnOf[table] ?? "user_id", "is", null));
  await forbidden(`delete from ${table}`, anon.from(table).delete().not(columnOf[table] ?? "user_id", "is", null));
}

group = "tokens";
const answered = async (name, promise) => {
  const { status } = await promise;
  report(name, true, status === 401 || status === 403 ? undefined : `status ${status}`);
};
for (const [name, token] of Object.entries(told.forged)) {
  await forbidden(`Data API: ${name}`, bearing(token).from(signals).select("*"));
  await answered(`API: ${name}`, api("/api/signals", token));
}
for (const [name, token] of [["no token", ""], ["the anon key", told.anonKey], ["the service key", told.serviceKey], ["an anonymous sign-in", told.guest.token]]) {
  for (const path of ["/api/signals", "/api/config", "/api/stats", "/api/deliveries"]) await answered(`API ${path}: ${name}`, api(path, token));
}

group = "the API, other users' rows";
for (const [method, path, body] of [
  ["GET", `/api/signals/${ids.bruno[0]}`], ["PUT", `/api/signals/${ids.bruno[0]}`, { result: "win" }], ["PATCH", `/api/signals/${ids.bruno[0]}`, { result: "win" }],
  ["DELETE", `/api/signals/${ids.bruno[0]}`], ["POST", `/api/signals/${ids.bruno[0]}/screenshot`],
]) {
  const { status } = await api(path, told.ana.token, { method, body: body && JSON.stringify(body) });
  report(`${method} ${path.replace(ids.bruno[0], "{id}")}`, true, status === 404 ? undefined : `status ${status}`);
}

group = "nothing came of it";
await allowed("bruno's rows are as they were", async () => {
  const { data: rows } = await bruno.from(signals).select("*");
  const { data: settings } = await bruno.from(config).select("*").single();
  const { data: counted } = await bruno.from(stats).select("*").single();
  return expect(rows.length === 1 && rows[0].result === "pending" && settings.webhook_token === told.webhooks.bruno && settings.webhook_enabled
    && settings.signals_used_this_month === 1 && settings.webhook_requests_count === 1 && counted.total_signals === 1 && counted.wins === 0, { rows, settings, counted });
});
await allowed("ana's plan, quota and token are as they were", async () => {
  const { data } = await ana.from(config).select("*").single();
  return expect(data.user_plan === "free" && data.signals_quota === 1000 && data.signals_used_this_month === 3 && data.webhook_token === told.webhooks.ana, data);
});
