'use client'

import { results, type Result, type Signal } from '@/lib/atalaya'

const names: Record<Result, string> = { pending: 'Pending', win: 'Win', loss: 'Loss', breakeven: 'Break-even', skip: 'Skip' }

// A decimal of the client is text with every digit, which a number would lose.
const prices = new Intl.NumberFormat('en', { maximumFractionDigits: 8 })

export default function SignalCard({ signal, onResult }: { signal: Signal; onResult: (result: Result) => void }) {
  const title = signal.ticker ?? 'No ticker'
  return (
    <li className="card signal" data-signal={signal.id}>
      <Picture signal={signal} title={title} />
      <div className="facts">
        <h2>
          {title}
          {signal.direction && <span className={`direction ${signal.direction}`}>{signal.direction}</span>}
        </h2>
        <p className="where">
          {[!title.includes(':') && signal.exchange, signal.interval && `interval ${signal.interval}`, signal.indicator_name].filter(Boolean).join(' · ') ||
            signal.raw_message}
        </p>
        <dl>
          <div>
            <dt>Price</dt>
            <dd>{signal.price === null ? '–' : prices.format(signal.price as `${number}`)}</dd>
          </div>
          <div>
            <dt>Arrived</dt>
            <dd>
              <time dateTime={signal.created_at}>
                {new Date(signal.created_at).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'medium' })}
              </time>
            </dd>
          </div>
        </dl>
        <div role="group" aria-label={`Result of ${title}`} className="results">
          {results.map((result) => (
            <button
              key={result}
              className={`plain ${result}`}
              aria-pressed={signal.result === result}
              // Pressing the chosen one again takes it back.
              onClick={() => onResult(signal.result === result ? 'pending' : result)}
            >
              {names[result]}
            </button>
          ))}
        </div>
      </div>
    </li>
  )
}

function Picture({ signal, title }: { signal: Signal; title: string }) {
  if (signal.screenshot_url) {
    return (
      <a className="picture" href={signal.screenshot_url} target="_blank" rel="noreferrer">
        {/* The picture's address is unguessable and may be on any host: next/image has nothing to add. */}
        <img
          src={signal.screenshot_url}
          alt={`Chart of ${title}`}
          width={signal.screenshot_width ?? undefined}
          height={signal.screenshot_height ?? undefined}
          loading="lazy"
        />
      </a>
    )
  }
  const waiting = signal.screenshot_status === 'pending' || signal.screenshot_status === 'processing'
  return (
    <div className={waiting ? 'picture none waiting' : 'picture none'}>
      {waiting ? 'Taking the picture…' : `No picture${signal.screenshot_error ? `: ${signal.screenshot_error.replaceAll('_', ' ')}` : ''}`}
    </div>
  )
}
