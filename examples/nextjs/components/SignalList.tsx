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
    async function load() {
      try {
        const list = await getSignals()
        if (ended.signal.aborted) return
        setSignals(list.data)
        setFailure('')
      } catch (error) {
        if (!ended.signal.aborted) setFailure(problem(error))
      }
    }
    void load()
    void follow(
      {
        opened: () => (setLive(true), void load()),
        changed: (change) => setSignals((before) => before && apply(before, change)),
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

// apply puts a signal in the place of the one with the same id, or at its place by time. Events may
// come twice and in any order with the list.
function apply(signals: Signal[], change: Change): Signal[] {
  const others = signals.filter((signal) => signal.id !== change.data.id)
  if (change.event === 'signal.deleted') return others
  const known = signals.some((signal) => signal.id === change.data.id)
  if (known) return signals.map((signal) => (signal.id === change.data.id ? change.data : signal))
  return [change.data, ...others].sort((a, b) => b.created_at.localeCompare(a.created_at))
}
