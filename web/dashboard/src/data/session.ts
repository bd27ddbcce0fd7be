// The session. The access token is only kept in memory. The refresh token is in an HttpOnly cookie, which
// only the session's routes read. Nothing is kept in storage.

export interface PageConfig {
  mode: "local" | "supabase" | "none";
  version: string;
  supabaseUrl?: string;
  anonKey?: string;
}

export interface Session {
  accessToken: string;
  expiresAt: number; // milliseconds since 1970
  email: string;
}

interface SessionAnswer {
  access_token: string;
  expires_in: number;
  email: string;
}

/** SessionError is a refusal of the session's routes, with their stable code. */
export class SessionError extends Error {
  constructor(readonly code: string, message: string) {
    super(message);
  }
}

// A token is renewed this many ms before it expires, so that it does not expire during a request.
const renewBefore = 60_000;

let current: Session | null = null;
let renewal: Promise<Session | null> | null = null;
const watchers = new Set<(session: Session | null) => void>();

export function currentSession(): Session | null {
  return current;
}

/** onSession calls f on every change until the function that it returns is called. */
export function onSession(f: (session: Session | null) => void): () => void {
  watchers.add(f);
  return () => void watchers.delete(f);
}

// A sign-out in one tab is sent to the others; tokens are not.
const signedOut = new BroadcastChannel("atalaya-signed-out");
signedOut.onmessage = () => void set(null);

function set(session: Session | null): Session | null {
  current = session;
  for (const f of watchers) f(session);
  return session;
}

async function ask(method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(path, {
    method,
    credentials: "same-origin",
    headers: { "Accept-Language": document.documentElement.lang, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

async function take(response: Response): Promise<Session> {
  const answer = (await response.json().catch(() => ({}))) as SessionAnswer & { error?: string; message?: string };
  if (!response.ok) throw new SessionError(answer.error ?? "unknown", answer.message ?? response.statusText);
  return { accessToken: answer.access_token, expiresAt: Date.now() + answer.expires_in * 1000, email: answer.email };
}

/** Fresh is what a session begins with: the single-use code of a sign-in link, or a new Supabase session. */
export type Fresh = { code: string } | { access_token: string; refresh_token: string };

/** begin exchanges a Fresh for a session of this browser. It throws a SessionError if the service refuses. */
export async function begin(fresh: Fresh): Promise<Session> {
  const session = await take(await ask("POST", "/api/session", fresh));
  set(session);
  return session;
}

/** resume returns the session that the cookie still holds, or null. */
export function resume(): Promise<Session | null> {
  renewal ??= renew().finally(() => {
    renewal = null;
  });
  return renewal;
}

async function renew(): Promise<Session | null> {
  const response = await ask("POST", "/api/session/token");
  if (response.status === 401 || response.status === 403) return set(null);
  return set(await take(response));
}

/** accessToken returns a token that stays valid for a while, or null if nobody is signed in. */
export async function accessToken(): Promise<string | null> {
  if (current && current.expiresAt - renewBefore > Date.now()) return current.accessToken;
  return (await resume())?.accessToken ?? null;
}

/** isReturn reports whether the page's address is the return of a sign-in. */
export function isReturn(): boolean {
  return location.pathname === "/app/callback" || new URLSearchParams(location.hash.slice(1)).has("code");
}

export async function signOut(): Promise<void> {
  await ask("DELETE", "/api/session");
  set(null);
  signedOut.postMessage(null);
}

export async function pageConfig(): Promise<PageConfig> {
  const response = await fetch("/app/config.json");
  if (!response.ok) throw new SessionError("unknown", response.statusText);
  return (await response.json()) as PageConfig;
}
