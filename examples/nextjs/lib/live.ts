// Server-sent events read with fetch: EventSource cannot send the Authorization header, and a token
// never belongs in an address.
import { readDecimals } from 'atalaya-client'
import { atalayaURL, authorization, type Signal } from './atalaya'

export type Change =
  | { event: 'signal.created' | 'signal.updated'; data: Signal }
  | { event: 'signal.deleted'; data: { id: string } }

export type Listener = {
  opened: () => void // a stream begins: read the list now, so that nothing falls between
  changed: (change: Change) => void
  missed: () => void // something cannot be told any more: read the list anew
  closed: () => void // connecting again by itself
}

// follow tells a listener what happens to the signals until `until` is aborted. It connects again
// whenever the stream ends, which it does at the latest when the access token expires.
export async function follow(listener: Listener, until: AbortSignal): Promise<void> {
  let last = ''
  while (!until.aborted) {
    try {
      const headers: Record<string, string> = await authorization()
      if (last) headers['Last-Event-ID'] = last
      const response = await fetch(`${atalayaURL}/api/signals/stream`, { headers, signal: until, cache: 'no-store' })
      if (!response.ok || !response.body) throw new Error(`The stream answered ${response.status}.`)
      listener.opened()
      for await (const message of messages(response.body)) {
        last = message.id || last
        tell(listener, message)
      }
    } catch {
      // Whatever ended the stream, the cure is to connect again.
    }
    if (until.aborted) return
    listener.closed()
    await pause(3000, until)
  }
}

type Message = { id: string; event: string; data: string }

function tell(listener: Listener, { event, data }: Message) {
  switch (event) {
    case 'signal.created':
    case 'signal.updated':
      return listener.changed({ event, data: readDecimals(data) })
    case 'signal.deleted':
      return listener.changed({ event, data: readDecimals(data) })
    case 'reset':
      return listener.missed()
  }
}

// messages cuts a stream at its empty lines.
async function* messages(body: ReadableStream<Uint8Array>): AsyncGenerator<Message> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader()
  let held = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    held += value
    const parts = held.split('\n\n')
    held = parts.pop() ?? ''
    for (const part of parts) yield parse(part)
  }
}

function parse(text: string): Message {
  const message: Message = { id: '', event: '', data: '' }
  for (const line of text.split('\n')) {
    const [, field, value] = /^(id|event|data): ?(.*)$/.exec(line) ?? []
    if (field && value !== undefined) message[field as keyof Message] = value
  }
  return message
}

function pause(milliseconds: number, until: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, milliseconds)
    until.addEventListener('abort', () => (clearTimeout(timer), done()), { once: true })
  })
}
