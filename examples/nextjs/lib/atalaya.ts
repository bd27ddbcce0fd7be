// The calls to Atalaya's API, by its typed client. Every call carries the Supabase session's access token.
import { createClient, type components, type Problem, type Signal } from 'atalaya-client'
import { supabase } from './supabase'

export type { Signal }
export type Result = Signal['result']
export type SignalChange = components['schemas']['SignalChanges']
export type Config = components['schemas']['Config']
export type ConfigChange = components['schemas']['ConfigChanges']

export const atalayaURL = (process.env.NEXT_PUBLIC_ATALAYA_URL ?? '').replace(/\/+$/, '')

export const results = ['win', 'loss', 'breakeven', 'skip'] as const

const api = createClient({ baseUrl: atalayaURL, accessToken })

export function getSignals(limit = 50, offset = 0) {
  return answer(api.GET('/api/signals', { params: { query: { limit, offset } } }))
}

export async function updateSignal(id: string, change: SignalChange): Promise<Signal> {
  return (await answer(api.PUT('/api/signals/{id}', { params: { path: { id } }, body: change }))).data
}

export async function getConfig(): Promise<Config> {
  return (await answer(api.GET('/api/config'))).data
}

// updateConfig gives Atalaya's own words too: they say where stored cookies look wrong.
export function updateConfig(change: ConfigChange) {
  return answer(api.PUT('/api/config', { body: change }))
}

// accessToken is that of whoever is signed in now; supabase-js renews it by itself.
async function accessToken(): Promise<string> {
  const { data } = await supabase().auth.getSession()
  if (!data.session) throw new Error('Your session has ended. Sign in again.')
  return data.session.access_token
}

// authorization is the header for calls that the client does not make.
export async function authorization(): Promise<{ Authorization: string }> {
  return { Authorization: `Bearer ${await accessToken()}` }
}

// answer rejects with the API's own message where the answer is not a success.
async function answer<Data>(call: Promise<{ data?: Data; error?: unknown; response: Response }>): Promise<Data> {
  const { data, error, response } = await call
  if (data !== undefined) return data
  throw new Error((error as Partial<Problem> | undefined)?.message ?? `Atalaya answered ${response.status}.`)
}

// problem is what to tell the user about a failure.
export function problem(error: unknown): string {
  if (error instanceof TypeError) return 'Atalaya could not be reached.'
  return error instanceof Error ? error.message : String(error)
}
