import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import Account from '@/components/Account'
import './style.css'

export const metadata: Metadata = { title: 'Signals', description: 'Your trading signals, with the chart as it was.' }

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Account>{children}</Account>
      </body>
    </html>
  )
}
