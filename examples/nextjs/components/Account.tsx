'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useEffect, useState, type ReactNode } from 'react'
import type { Session } from '@supabase/supabase-js'
import { supabase } from '@/lib/supabase'
import SignIn from './SignIn'

// Account shows the pages to whoever is signed in, and the sign-in form to everybody else. It guards
// nothing: Atalaya and row level security do.
export default function Account({ children }: { children: ReactNode }) {
  const [session, setSession] = useState<Session | null>() // undefined until it is known

  useEffect(() => {
    const { data } = supabase().auth.onAuthStateChange((_event, now) => setSession(now))
    return () => data.subscription.unsubscribe()
  }, [])

  if (session === undefined) return <main className="quiet" aria-busy="true" />
  if (session === null) return <SignIn />
  return (
    <>
      <header className="bar">
        <nav aria-label="Main">
          <Tab href="/">Signals</Tab>
          <Tab href="/settings">Settings</Tab>
        </nav>
        <span className="who">{session.user.email}</span>
        <button className="plain" onClick={() => supabase().auth.signOut({ scope: 'local' })}>
          Sign out
        </button>
      </header>
      {/* Another user is another page: nothing of the last one stays. */}
      <main key={session.user.id}>{children}</main>
    </>
  )
}

function Tab({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} aria-current={usePathname() === href ? 'page' : undefined}>
      {children}
    </Link>
  )
}
