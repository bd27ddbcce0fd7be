'use client'

import { useEffect, useState } from 'react'
import { getSignals, problem, updateSignal, type Result, type Signal } from '@/lib/atalaya'
import { follow, type Change } from '@/lib/live'
import SignalCard from './SignalCard'

export default function SignalList() {
  const [signals, setSignals] = useState<Signal[]>() // undefined until the first answer
  const [live, setLive] = useState(false)
  const [failure, setFailure] = useState('')

  useEffect(() => {
    const ended = new AbortController()
    let meanwhile: Change[] | undefined // what was told since the last reading began, while it goes on
    async function load() {
      const mine: Change[] = (meanwhile = [])
      const superseded = () => ended.signal.aborted || mine !== meanwhile
      try {
        const list = await getSignals()
        if (superseded()) return
        setSignals(mine.reduce(apply, list.data))
        setFailure('')
      } catch (error) {
        if (superseded()) return
        setFailure(problem(error))
      }
      meanwhile = undefined
    }
    void load()
    void follow(
      {
        opened: () => (setLive(true), void load()),
        changed: (change) => {
          meanwhile?.push(change)
          setSignals((before) => before && apply(before, change))
        },
        missed: () => void load(),
        closed: () => setLive(false),
      },
      ended.signal,
    )
    return () => ended.abort()
  }, [])

  async function setResult(id: string, result: Result) {
    try {
      const signal = await updateSignal(id, { result })
      setSignals((before) => before && apply(before, { event: 'signal.updated', data: signal }))
      setFailure('')
    } catch (error) {
      setFailure(problem(error))
    }
  }

  return (
    <>
      <div className="title">
        <h1>Signals</h1>
        <span role="status" className={live ? 'live on' : 'live'}>
          {live ? 'Live' : 'Connecting…'}
        </span>
      </div>
      <p role="alert" className="failure">{failure}</p>
      {signals?.length === 0 && (
        <p className="empty">No signals yet. Copy your webhook URL from Settings into a TradingView alert.</p>
      )}
      <ul className="signals" aria-busy={!signals}>
        {signals?.map((signal) => (
          <SignalCard key={signal.id} signal={signal} onResult={(result) => setResult(signal.id, result)} />
        ))}
      </ul>
    </>
  )
}

// apply puts a signal in the place of the one with the same id, unless that one is newer, or at its
// place by time. Events may come twice, and after an answer that knows more.
function apply(signals: Signal[], change: Change): Signal[] {
  if (change.event === 'signal.deleted') return signals.filter((signal) => signal.id !== change.data.id)
  const told = change.data
  const known = signals.find((signal) => signal.id === told.id)
  if (!known) return [told, ...signals].sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at))
  if (Date.parse(known.updated_at) > Date.parse(told.updated_at)) return signals
  return signals.map((signal) => (signal === known ? told : signal))
}
