// The calls to Atalaya's API. Every call carries the Supabase session's access token.
import { supabase } from './supabase'

export const atalayaURL = (process.env.NEXT_PUBLIC_ATALAYA_URL ?? '').replace(/\/+$/, '')

export const results = ['win', 'loss', 'breakeven', 'skip'] as const
export type Result = 'pending' | (typeof results)[number]

// Signal holds the columns of trading_signals that this site shows.
export type Signal = {
  id: string
  ticker: string | null
  exchange: string | null
  direction: string | null
  indicator_name: string | null
  signal_type: string | null
  interval: string | null
  price: number | null
  result: Result
  screenshot_url: string | null
  screenshot_width: number | null
  screenshot_height: number | null
  screenshot_status: 'pending' | 'processing' | 'completed' | 'failed' | 'skipped' | 'expired'
  screenshot_error: string | null
  raw_message: string | null
  created_at: string
  updated_at: string
}

export type SignalChange = {
  result?: Result
  entry_price?: number | null
  exit_price?: number | null
  profit_loss?: number | null
  profit_loss_percent?: number | null
  notes?: string | null
  tags?: string[]
}

export type Config = {
  cookies_configured: boolean
  cookies_valid: boolean
  default_chart_id: string | null
  webhook_enabled: boolean
}

export type ConfigChange = {
  default_chart_id?: string | null
  tv_sessionid_plain?: string | null
  tv_sessionid_sign_plain?: string | null
  automation_consent?: true
}

export function getSignals(limit = 50, offset = 0): Promise<{ data: Signal[]; total: number | null }> {
  return call(`/api/signals?limit=${limit}&offset=${offset}`)
}

export async function updateSignal(id: string, change: SignalChange): Promise<Signal> {
  return (await call<{ data: Signal }>(`/api/signals/${id}`, 'PUT', change)).data
}

export async function getConfig(): Promise<Config> {
  return (await call<{ data: Config }>('/api/config')).data
}

// updateConfig gives Atalaya's own words too: they say where stored cookies look wrong.
export function updateConfig(change: ConfigChange): Promise<{ data: Config; message: string }> {
  return call('/api/config', 'PUT', change)
}

// authorization is the header of whoever is signed in now; supabase-js renews the token by itself.
export async function authorization(): Promise<{ Authorization: string }> {
  const { data } = await supabase().auth.getSession()
  if (!data.session) throw new Error('Your session has ended. Sign in again.')
  return { Authorization: `Bearer ${data.session.access_token}` }
}

// call rejects with the API's own message where the answer is not a success.
async function call<Answer>(path: string, method = 'GET', body?: object): Promise<Answer> {
  const headers: Record<string, string> = await authorization()
  if (body) headers['Content-Type'] = 'application/json'
  const response = await fetch(atalayaURL + path, { method, headers, body: body && JSON.stringify(body) })
  const answer = await response.json().catch(() => null)
  if (!response.ok) throw new Error(answer?.message ?? `Atalaya answered ${response.status}.`)
  return answer
}

// problem is what to tell the user about a failure.
export function problem(error: unknown): string {
  if (error instanceof TypeError) return 'Atalaya could not be reached.'
  return error instanceof Error ? error.message : String(error)
}
