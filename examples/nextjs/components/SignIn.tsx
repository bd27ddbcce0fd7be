'use client'

import { useState, type FormEvent } from 'react'
import { supabase } from '@/lib/supabase'

export default function SignIn() {
  const [failure, setFailure] = useState('')
  const [busy, setBusy] = useState(false)

  async function signIn(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    const { error } = await supabase().auth.signInWithPassword({
      email: String(form.get('email')),
      password: String(form.get('password')),
    })
    setBusy(false)
    setFailure(error?.message ?? '')
  }

  return (
    <main className="door">
      <form className="card" onSubmit={signIn}>
        <h1>Sign in</h1>
        <label>
          Email
          <input name="email" type="email" autoComplete="username" required autoFocus />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <p role="alert" className="failure">{failure}</p>
        <button className="main" disabled={busy}>Sign in</button>
      </form>
    </main>
  )
}
