'use client'

import { useEffect, useState, type FormEvent } from 'react'
import { getConfig, problem, updateConfig } from '@/lib/atalaya'

export default function ChartForm() {
  const [chart, setChart] = useState('')
  const [told, setTold] = useState('')
  const [failure, setFailure] = useState('')

  useEffect(() => {
    getConfig().then(
      (config) => setChart(config.default_chart_id ?? ''),
      (error) => setFailure(problem(error)),
    )
  }, [])

  async function store(event: FormEvent) {
    event.preventDefault()
    setTold('')
    setFailure('')
    try {
      const { message } = await updateConfig({ default_chart_id: chart.trim() || null })
      setTold(message)
    } catch (error) {
      setFailure(problem(error))
    }
  }

  return (
    <section className="card" aria-labelledby="chart">
      <h2 id="chart">Chart</h2>
      <p>
        The layout to take pictures of: the part after <code>/chart/</code> in its address. An alert may name another one as{' '}
        <code>chart_id</code>.
      </p>
      <form onSubmit={store}>
        <label>
          Chart id
          <input value={chart} onChange={(event) => setChart(event.target.value)} spellCheck={false} autoComplete="off" />
        </label>
        <p role="alert" className="failure">{failure}</p>
        <p role="status" className="told">{told}</p>
        <button className="main">Store chart</button>
      </form>
    </section>
  )
}
