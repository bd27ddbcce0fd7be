// The service waits 20 s for TradingView's answer, and then answers that the check is pending: captures of the account
// come first. Asking again waits for the same check.
const rounds = 15;

/** untilSaid asks again while a check is pending, for about five minutes at most, and returns the last answer. */
export async function untilSaid<T extends { data: { state: string } }>(ask: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round++) {
    const answer = await ask();
    if (answer.data.state !== "pending" || round === rounds) return answer;
  }
}
