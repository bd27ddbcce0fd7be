import SignalList from '@/components/SignalList'

export default function Page() {
  return <SignalList />
}
