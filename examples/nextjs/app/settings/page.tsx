import ChartForm from '@/components/ChartForm'
import CookieForm from '@/components/CookieForm'
import WebhookAddress from '@/components/WebhookAddress'

export default function Page() {
  return (
    <>
      <h1>Settings</h1>
      <WebhookAddress />
      <ChartForm />
      <CookieForm />
    </>
  )
}
