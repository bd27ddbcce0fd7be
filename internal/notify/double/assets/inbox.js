// The page is loaded anew when something has arrived, unless its reader is away.
const seen = document.body.dataset.state;
setInterval(async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch("/inbox/state");
    const { state } = await answer.json();
    if (state !== seen) location.reload();
  } catch {
    // The service is being restarted; the next look finds it.
  }
}, 1000);
