'use client'

import { useEffect, useState } from 'react'
import { atalayaURL } from '@/lib/atalaya'
import { supabase } from '@/lib/supabase'

export default function WebhookAddress() {
  const [token, setToken] = useState('')
  const [told, setTold] = useState('')

  useEffect(() => {
    async function load() {
      const { data: user } = await supabase().auth.getUser()
      const { data, error } = await supabase()
        .from('trading_signals_config')
        .select('webhook_token')
        .eq('user_id', user.user?.id)
        .single()
      if (error) setTold(error.message)
      else setToken(data.webhook_token)
    }
    void load()
  }, [])

  const address = `${atalayaURL}/webhook/${token}`

  async function copy() {
    try {
      await navigator.clipboard.writeText(address)
      setTold('Copied.')
    } catch {
      setTold('Your browser did not allow copying: select the address and copy it yourself.')
    }
  }

  return (
    <section className="card" aria-labelledby="webhook">
      <h2 id="webhook">Webhook URL</h2>
      <p>It is yours alone: whoever knows it can send alerts in your name.</p>
      <div className="address">
        <code aria-label="Webhook URL">{token && address}</code>
        <button className="main" onClick={copy} disabled={!token}>Copy</button>
      </div>
      <p role="status" className="told">{told}</p>
      <details>
        <summary>How to use it in TradingView</summary>
        <ol>
          <li>Create an alert on your indicator.</li>
          <li>Under Notifications, tick Webhook URL and paste the address.</li>
          <li>Write the message as JSON, with the placeholders that you need:</li>
        </ol>
        <pre>{`{"ticker": "{{ticker}}", "exchange": "{{exchange}}", "price": {{close}}, "direction": "LONG"}`}</pre>
      </details>
    </section>
  )
}
