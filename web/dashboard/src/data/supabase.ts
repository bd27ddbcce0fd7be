// Signing in at a Supabase project. The project's session is handed to this service at once and not kept here.
import { AuthClient, type AuthError, type Provider, type Session as SupabaseSession } from "@supabase/auth-js";

import type { Fresh } from "./session";

/** SignInError is a refusal by Supabase; code is its stable name, "unreachable" if nothing answered. */
export class SignInError extends Error {
  constructor(readonly code: string, message: string) {
    super(message);
  }
}

// The PKCE verifier has to survive the way to a provider or a mailbox and back, even into another tab. It is valid
// for one sign-in, and useless without the code. Everything else stays in memory.
//
// Somebody who asks for a second mail within a minute is refused it and uses the first. Its link then belongs to the
// second verifier if Supabase knew the address, and to the first if not. So the last few are kept, newest first.
const verifiers = "atalaya-code-verifier";
const maxVerifiers = 4;
const keptVerifiers = () => localStorage.getItem(verifiers)?.split(" ") ?? [];
const forgetVerifiers = () => localStorage.removeItem(verifiers);

/** storage gives the library one of the kept verifiers. The library removes a verifier when a mail is refused; forgetVerifiers does so once it is of no use. */
function storage(which: number) {
  const memory = new Map<string, string>();
  const isVerifier = (key: string) => key.endsWith("-code-verifier");
  return {
    getItem: (key: string) => (isVerifier(key) ? keptVerifiers()[which] : memory.get(key)) ?? null,
    setItem(key: string, value: string) {
      if (isVerifier(key)) localStorage.setItem(verifiers, [value, ...keptVerifiers()].slice(0, maxVerifiers).join(" "));
      else memory.set(key, value);
    },
    removeItem: (key: string) => void memory.delete(key),
  };
}

export type SupabaseSignIn = ReturnType<typeof signInAt>;

/** signInAt returns the ways to sign in at a project. Those that return a Fresh are complete; the others continue in afterCallback. */
export function signInAt(url: string, anonKey: string) {
  const auth = `${url}/auth/v1`;
  const callback = `${location.origin}/app/callback`;
  const client = (which = 0) =>
    new AuthClient({
      url: auth,
      headers: { apikey: anonKey },
      flowType: "pkce",
      autoRefreshToken: false,
      detectSessionInUrl: false,
      // Without it the library does not use the storage given. Nothing persists: see storage.
      persistSession: true,
      storage: storage(which),
      // The library sends sessions to other tabs through a channel of this name, so each tab has its own name.
      storageKey: `atalaya-${crypto.randomUUID()}`,
    });

  return {
    /** providers lists the OAuth providers that the project has switched on, by their names there. */
    async providers(): Promise<string[]> {
      const response = await fetch(`${auth}/settings`, { headers: { apikey: anonKey } }).catch(() => null);
      if (!response?.ok) throw new SignInError("unreachable", "");
      const { external } = (await response.json()) as { external: Record<string, boolean> };
      return Object.keys(external).filter((name) => external[name] && !notProviders.has(name));
    },
    async withPassword(email: string, password: string): Promise<Fresh> {
      const { data, error } = await client().signInWithPassword({ email, password });
      return fresh(data.session, error);
    },
    /** mail sends a link and a code. */
    async mail(email: string): Promise<void> {
      const { error } = await client().signInWithOtp({ email, options: { emailRedirectTo: callback } });
      if (error) throw refusal(error);
    },
    async withCode(email: string, token: string): Promise<Fresh> {
      const { data, error } = await client().verifyOtp({ email, token, type: "email" });
      return fresh(data.session, error);
    },
    /** withProvider leaves the page for a provider's. */
    async withProvider(provider: string): Promise<void> {
      const { data, error } = await client().signInWithOAuth({
        provider: provider as Provider,
        options: { redirectTo: callback, skipBrowserRedirect: true },
      });
      if (error) throw refusal(error);
      if (!data.url?.startsWith(`${auth}/authorize?`)) throw new SignInError("unknown", "");
      location.assign(data.url);
    },
    /** afterCallback completes what withProvider or a mail's link began. */
    async afterCallback(parameters: URLSearchParams): Promise<Fresh> {
      const code = parameters.get("code");
      if (!code) throw new SignInError(parameters.get("error_code") ?? parameters.get("error") ?? "unknown", parameters.get("error_description") ?? "");
      for (let which = 0; ; which++) {
        const { data, error } = await client(which).exchangeCodeForSession(code);
        if (error?.code === "bad_code_verifier" && which + 1 < keptVerifiers().length) continue;
        forgetVerifiers();
        return fresh(data.session, error);
      }
    },
  };
}

// Entries of the settings that are not providers.
const notProviders = new Set(["email", "phone", "anonymous_users", "saml", "web3_solana", "web3_ethereum", "passkey"]);

function fresh(session: SupabaseSession | null, error: AuthError | null): Fresh {
  if (error) throw refusal(error);
  if (!session) throw new SignInError("unknown", "");
  forgetVerifiers();
  return { access_token: session.access_token, refresh_token: session.refresh_token };
}

function refusal(error: AuthError): SignInError {
  if (error.name === "AuthRetryableFetchError" || (error.status ?? 0) >= 500) return new SignInError("unreachable", error.message);
  if (error.status === 429) return new SignInError(error.code ?? "over_request_rate_limit", error.message);
  return new SignInError(error.code ?? "unknown", error.message);
}
