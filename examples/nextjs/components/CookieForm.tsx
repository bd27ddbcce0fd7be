'use client'

import { useEffect, useState, type FormEvent } from 'react'
import { getConfig, problem, updateConfig, type Config, type ConfigChange } from '@/lib/atalaya'

export default function CookieForm() {
  const [config, setConfig] = useState<Config>()
  const [told, setTold] = useState('')
  const [failure, setFailure] = useState('')

  useEffect(() => {
    getConfig().then(setConfig, (error) => setFailure(problem(error)))
  }, [])

  async function save(change: ConfigChange) {
    setTold('')
    setFailure('')
    try {
      const { data, message } = await updateConfig(change)
      setConfig(data)
      setTold(message)
    } catch (error) {
      setFailure(problem(error))
    }
  }

  async function store(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    const given = new FormData(form)
    const change: ConfigChange = {
      tv_sessionid_plain: String(given.get('sessionid')).trim(),
      tv_sessionid_sign_plain: String(given.get('sessionid_sign')).trim(),
    }
    if (given.get('consent')) change.automation_consent = true
    form.reset() // the cookies stay in no page
    await save(change)
  }

  const remove = () => save({ tv_sessionid_plain: null, tv_sessionid_sign_plain: null })

  return (
    <section className="card" aria-labelledby="cookies">
      <h2 id="cookies">TradingView session</h2>
      <p>
        With your session&apos;s two cookies the picture shows your own chart. They are sent to Atalaya, which encrypts them and never
        shows them again. Find them in your browser&apos;s developer tools under Application, Cookies.
      </p>
      <p className="state" data-state={state(config)}>{words[state(config)]}</p>
      <form onSubmit={store} autoComplete="off">
        <label>
          sessionid
          <input name="sessionid" type="password" autoComplete="off" spellCheck={false} required />
        </label>
        <label>
          sessionid_sign
          <input name="sessionid_sign" type="password" autoComplete="off" spellCheck={false} required />
        </label>
        <label className="tick">
          <input name="consent" type="checkbox" />I know that TradingView&apos;s terms restrict automated use, and want the pictures taken.
        </label>
        <p role="alert" className="failure">{failure}</p>
        <p role="status" className="told">{told}</p>
        <div className="actions">
          <button className="main">Store cookies</button>
          {config?.cookies_configured && (
            <button type="button" className="plain" onClick={remove}>Remove</button>
          )}
        </div>
      </form>
    </section>
  )
}

const words = {
  unknown: '',
  none: 'No cookies are stored: no pictures are taken.',
  valid: 'Cookies are stored.',
  ended: 'The stored session has ended. Sign in to TradingView and store its new cookies.',
}

function state(config?: Config): keyof typeof words {
  if (!config) return 'unknown'
  if (!config.cookies_configured) return 'none'
  return config.cookies_valid ? 'valid' : 'ended'
}
