// Drives the site in a browser as its users do, and takes the pictures in docs. Reads addresses, accounts
// and keys from standard input and prints a line of JSON for each check.
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import { chromium } from 'playwright-core'

const told = JSON.parse(await new Response(process.stdin).text())
const patience = 30_000 // milliseconds that anything may take

async function check(group, name, act) {
  let problem = ''
  try {
    problem = (await act()) ?? ''
  } catch (error) {
    problem = String(error.message ?? error).replace(/\u001b\[\d+m/g, '').slice(0, 600)
  }
  console.log(JSON.stringify({ group, name, problem }))
}

const expect = (ok, seen) => (ok ? '' : `seen: ${JSON.stringify(seen)?.slice(0, 300)}`)

// until asks again and again until the answer is good.
async function until(ask, good) {
  const deadline = Date.now() + patience
  for (;;) {
    const seen = await ask()
    if (good(seen)) return ''
    if (Date.now() > deadline) return expect(false, seen)
    await new Promise((next) => setTimeout(next, 100))
  }
}

function browserPath() {
  const names = ['chromium', 'chromium-headless-shell', 'google-chrome', 'google-chrome-stable']
  const folders = (process.env.PATH ?? '').split(':')
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
  const path = process.env.PUPPETEER_EXECUTABLE_PATH || found
  if (!path) throw new Error('no browser was found: scripts/install.sh test installs one')
  return path
}

async function send(user, alert) {
  const answer = await fetch(`${told.api}/webhook/${told.webhooks[user]}`, { method: 'POST', body: JSON.stringify(alert) })
  const { signal_id: id } = await answer.json()
  if (answer.status !== 200) throw new Error(`the webhook answered ${answer.status}`)
  return { id }
}

const api = async (path, token, init = {}) => {
  const answer = await fetch(told.api + path, {
    ...init,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
  })
  return answer.json()
}

const browser = await chromium.launch({ executablePath: browserPath() })
const context = await browser.newContext({ viewport: { width: 1200, height: 860 }, permissions: ['clipboard-read', 'clipboard-write'] })
context.setDefaultTimeout(patience)
const page = await context.newPage()
const complaints = [] // of the pages, but for what the wrong password brings
const addresses = []
page.on('console', (message) => message.type() === 'error' && complaints.push(`${message.text()} ${message.location().url}`))
page.on('pageerror', (error) => complaints.push(String(error)))
page.on('request', (request) => addresses.push(request.url()))

await mkdir(told.pictures, { recursive: true })
const picture = (name, fullPage = false) => page.screenshot({ path: join(told.pictures, name), fullPage, animations: 'disabled' })

const button = (name, within = page) => within.getByRole('button', { name, exact: true })
const card = ({ id }) => page.locator(`[data-signal="${id}"]`)
const cards = () => page.locator('[data-signal]').evaluateAll((all) => all.map((one) => one.dataset.signal))
// pictureSize is that of the picture that is shown, where it has come, and the one that its signal names.
const pictureSize = (signal) =>
  card(signal)
    .locator('img')
    .evaluate((image) => ({ shown: image.complete && `${image.naturalWidth} x ${image.naturalHeight}`, named: `${image.getAttribute('width')} x ${image.getAttribute('height')}` }))
    .catch(() => ({ shown: 'none' }))
const isWhole = ({ shown, named }) => shown === named
const pressed = (signal, name) => button(name, card(signal)).getAttribute('aria-pressed')
const isLive = () => page.getByRole('status').filter({ hasText: /^Live$/ }).waitFor()

async function signIn(who, password = who.password) {
  await page.getByLabel('Email').fill(who.email)
  await page.getByLabel('Password').fill(password)
  await button('Sign in').click()
}

// reload loads the page anew: what is seen afterwards came from the server.
async function reload() {
  await page.reload()
  await isLive()
}

try {
  await check('sign in', 'a wrong password is refused, and the page says so', async () => {
    await page.goto(told.site)
    await signIn(told.ana, 'wrong')
    await page.getByText('Invalid login credentials').waitFor()
    complaints.length = 0 // the browser reports the refusal itself
  })
  await check('sign in', 'the right one shows the list, which is empty and live', async () => {
    await signIn(told.ana)
    await page.getByText('No signals yet.').waitFor()
    await isLive()
  })

  await check('settings', 'the webhook URL is the one that supabase-js reads the token of', async () => {
    await page.getByRole('link', { name: 'Settings' }).click()
    const code = page.getByLabel('Webhook URL', { exact: true }).locator('visible=true').and(page.locator('code'))
    return until(() => code.textContent(), (text) => text === `${told.api}/webhook/${told.webhooks.ana}`)
  })
  await check('settings', 'the button copies it', async () => {
    await button('Copy').click()
    await page.getByText('Copied.').waitFor()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    return expect(copied === `${told.api}/webhook/${told.webhooks.ana}`, copied)
  })
  await check('settings', 'the chart is stored through the API', async () => {
    await page.getByLabel('Chart id').fill('xyz123')
    await button('Store chart').click()
    await page.getByText('Settings saved.').waitFor()
    const { data } = await api('/api/config', told.ana.token)
    return expect(data.default_chart_id === 'xyz123', data.default_chart_id)
  })
  await check('settings', 'what can be no cookie is refused, and the page says why', async () => {
    await page.getByText('No cookies are stored').waitFor()
    await page.getByLabel('sessionid', { exact: true }).fill('not a cookie;')
    await page.getByLabel('sessionid_sign').fill('nor this;')
    await button('Store cookies').click()
    await page.getByText('holds characters that no cookie has').waitFor()
    complaints.length = 0
  })
  await check('settings', 'cookies are stored through the API', async () => {
    await page.getByLabel('sessionid', { exact: true }).fill(told.session.sessionid)
    await page.getByLabel('sessionid_sign').fill(told.session.sessionid_sign)
    await page.getByRole('checkbox').check()
    await button('Store cookies').click()
    await page.getByText('your TradingView cookies are stored encrypted').waitFor()
    const { data } = await api('/api/config', told.ana.token)
    return expect(data.cookies_configured === true, data.cookies_configured)
  })
  await check('settings', 'and leave nothing of themselves in the page or the browser', async () => {
    const left = await page.evaluate(() => document.documentElement.outerHTML + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)
      + [...document.querySelectorAll('input')].map((input) => input.value).join(' '))
    return expect(!left.includes(told.session.sessionid), 'the cookie')
  })
  await check('settings', 'and are there after a reload', async () => {
    await page.reload()
    await page.getByText('Cookies are stored.').waitFor()
    await page.locator('code').filter({ hasText: told.webhooks.ana }).waitFor()
    await page.getByLabel('Chart id').and(page.locator('[value=xyz123]')).waitFor()
    await picture('settings.png', true) // its token ends with this run
  })

  const sent = []
  await check('list', 'alerts appear without a reload, the newest first', async () => {
    await page.getByRole('link', { name: 'Signals' }).click()
    await isLive()
    sent.push(await send('ana', { indicator: 'Mi Indicador Pro', ticker: 'BTCUSDT', exchange: 'BINANCE', price: 67890.5, signal_type: 'BUY_SIGNAL', direction: 'LONG', interval: '60' }))
    sent.push(await send('ana', { indicator: 'EMA cross 9/21', ticker: 'NASDAQ:AAPL', price: 189.98, direction: 'SHORT', interval: '1D', chart_id: 'xyz123' }))
    await card(sent[1]).waitFor()
    return until(cards, (seen) => seen.join() === [sent[1].id, sent[0].id].join())
  })
  await check('list', 'their pictures follow without a reload', async () => {
    const problem = await until(() => pictureSize(sent[0]), isWhole)
    return problem || until(() => pictureSize(sent[1]), isWhole)
  })
  await check('list', 'a new alert is shown while its picture is being taken, and then with it', async () => {
    // The chart site takes 4 s to answer with this chart.
    const signal = await send('ana', { indicator: 'Breakout', ticker: 'OKX:SUIUSDT.P', price: 2.4561, direction: 'LONG', interval: '15', chart_id: 'slow4000' })
    sent.push(signal)
    await card(signal).getByText('Taking the picture…').waitFor()
    await picture('live.png')
    return until(() => pictureSize(signal), isWhole)
  })
  await check('list', "another user's alert does not appear", async () => {
    const his = await send('bruno', { ticker: 'BYBIT:ETHUSDT', price: 3100, direction: 'SHORT', interval: '240', chart_id: 'xyz123' })
    const hers = await send('ana', { indicator: 'Mean reversion', ticker: 'FX:EURUSD', price: 1.0842, direction: 'SHORT', interval: '5' })
    sent.push(hers)
    await card(hers).waitFor()
    return expect((await card(his).count()) === 0, await cards())
  })

  await check('results', 'Win is pressed and stays so after a reload', async () => {
    const stored = page.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.url().endsWith(sent[0].id))
    await button('Win', card(sent[0])).click()
    if ((await stored).status() !== 200) return `the API answered ${(await stored).status()}`
    await reload()
    return until(() => pressed(sent[0], 'Win'), (state) => state === 'true')
  })
  await check('results', "the document's own call, from elsewhere, is seen without a reload", async () => {
    const body = { result: 'loss', entry_price: 190, exit_price: 195, profit_loss: -5, profit_loss_percent: -2.63, notes: 'Stop' }
    const { success } = await api(`/api/signals/${sent[1].id}`, told.ana.token, { method: 'PUT', body: JSON.stringify(body) })
    if (!success) return 'the API refused it'
    return until(() => pressed(sent[1], 'Loss'), (state) => state === 'true')
  })
  await check('results', 'an update by supabase-js alone is seen without a reload', async () => {
    const quiet = { auth: { persistSession: false, autoRefreshToken: false } }
    const ana = createClient(told.url, told.anonKey, { ...quiet, global: { headers: { Authorization: `Bearer ${told.ana.token}` } } })
    const change = { result: 'breakeven', updated_at: new Date().toISOString() }
    const { error } = await ana.from('trading_signals').update(change).eq('id', sent[2].id)
    if (error) return error.message
    return until(() => pressed(sent[2], 'Break-even'), (state) => state === 'true')
  })
  await check('results', 'pressing the chosen one again takes it back', async () => {
    await button('Break-even', card(sent[2])).click()
    await until(() => pressed(sent[2], 'Break-even'), (state) => state === 'false')
    await reload()
    return until(() => pressed(sent[2], 'Break-even'), (state) => state === 'false')
  })
  await check('list', 'after a reload it is as it was, with every picture', async () => {
    for (const signal of sent) {
      await card(signal).scrollIntoViewIfNeeded()
      const problem = await until(() => pictureSize(signal), isWhole)
      if (problem) return problem
    }
    await page.evaluate(() => scrollTo(0, 0))
    await picture('list.png', true)
    return expect((await cards()).join() === sent.map(({ id }) => id).reverse().join(), await cards())
  })
  await check('list', 'a deleted signal goes without a reload', async () => {
    await api(`/api/signals/${sent[3].id}`, told.ana.token, { method: 'DELETE' })
    return until(cards, (seen) => !seen.includes(sent[3].id) && seen.length === 3)
  })

  await check('sign out', 'nothing stays for the next user, who sees what is theirs', async () => {
    await button('Sign out').click()
    await signIn(told.bruno)
    await isLive()
    await page.getByRole('heading', { name: 'ETHUSDT' }).waitFor()
    return expect((await cards()).length === 1, await cards())
  })
  await check('site', 'no token, key or cookie was ever in an address', () => {
    const secrets = [told.ana.token, told.bruno.token, told.ana.password, told.session.sessionid]
    return expect(!addresses.some((address) => secrets.some((secret) => address.includes(secret))), 'a secret')
  })
  await check('site', 'the pages had nothing to complain of', () => expect(complaints.length === 0, complaints))
} finally {
  await browser.close()
}
