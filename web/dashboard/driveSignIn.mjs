// Signs in at a Supabase project as users do, in a browser. Reads addresses from standard input and prints a
// line of JSON for each check.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { button, check, complaints, expect, findings, heading, launch, newContext, refusals } from "./drive/kit.mjs";

const told = JSON.parse(await new Response(process.stdin).text());
const app = `${told.api}/app/`;
const browser = await launch();
const newBrowser = (locale = "en-US") => newContext(browser, { locale });

const ask = async (path) => (await fetch(`${told.url}/double/${path}`)).json();
const signals = (page) => heading(page, "Signals").waitFor();
const atSignIn = (page) => heading(page, "Sign in").waitFor();
async function typePassword(page, who, password = who.password) {
  await page.getByLabel("Email", { exact: true }).fill(who.email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await button(page, "Sign in").click();
}
const signOut = async (page) => {
  await button(page, "Sign out").click();
  await atSignIn(page);
};
const stored = (page) => page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie + location.href);
const leaks = /eyJ|refresh_token|access_token|code=|atalaya=/;

const context = await newBrowser();
const page = await context.newPage();

await check("the project's ways to sign in are offered", async () => {
  await page.goto(app);
  await atSignIn(page);
  await button(page, "Continue with GitHub").waitFor();
  if (told.pictures) {
    await mkdir(told.pictures, { recursive: true });
    await page.screenshot({ path: join(told.pictures, "sign-in.png"), animations: "disabled" });
  }
  return expect((await button(page, "Continue with Google").count()) === 0, "a provider that is switched off");
});

await check("the sign-in has no finding of axe", async () => {
  const found = await findings(page);
  return expect(found.length === 0, found);
});

await check("a wrong password is said in words, in Spanish too", async () => {
  await typePassword(page, told.ana, "wrong");
  await page.getByText("The email or the password is wrong.").waitFor();
  const spanish = await newBrowser("es-ES");
  const other = await spanish.newPage();
  await other.goto(app);
  await other.getByLabel("Correo", { exact: false }).first().fill(told.ana.email);
  await other.getByLabel("Contraseña", { exact: true }).fill("wrong");
  await other.keyboard.press("Enter");
  await other.getByText("El correo o la contraseña no son correctos.").waitFor();
  await spanish.close();
});

await check("an address that is not confirmed is told so", async () => {
  await typePassword(page, told.late);
  await page.getByText("This email address is not confirmed yet.").waitFor();
});

await check("a password opens the page, and a reload keeps it open", async () => {
  await typePassword(page, told.ana);
  await signals(page);
  await page.reload();
  await signals(page);
});

await check("no token lies in a storage, an address or a readable cookie", async () => {
  const seen = await stored(page);
  const cookies = await context.cookies();
  if (cookies.length !== 1 || !cookies[0].httpOnly || cookies[0].sameSite !== "Strict") return expect(false, cookies);
  return expect(!leaks.test(seen) && !leaks.test(cookies[0].value), seen);
});

/** reload reloads a page; the browser may refuse a reload that comes while another one ends. */
async function reload(of, attempts = 20) {
  await of.reload().catch((error) => {
    if (attempts === 0) throw error;
    return reload(of, attempts - 1);
  });
}

const second = await context.newPage();
await check("two tabs renew at once, over reloads that end each other, and stay signed in", async () => {
  await second.goto(app);
  await signals(second);
  for (let round = 0; round < 2; round++) {
    void page.reload({ waitUntil: "commit" }).catch(() => {}); // the next one ends it
    await Promise.all([reload(page), reload(second)]);
    await Promise.all([signals(page), signals(second)]);
  }
  const { used, reused } = await ask("facts");
  return expect(reused === 0 && used > 3, { used, reused });
});

await check("while Supabase is away nobody is signed out", async () => {
  await ask("fail?status=503");
  await page.reload();
  await page.getByRole("alert").waitFor().finally(() => ask("fail"));
  const said = await page.getByRole("alert").innerText();
  await button(page, "Try again").click();
  await signals(page);
  return expect(/Supabase does not answer/.test(said), said);
});

await check("signing out signs out every tab of the browser, and ends the session at Supabase", async () => {
  const before = await ask("facts");
  await signOut(page);
  await atSignIn(second);
  const after = await ask("facts");
  await second.reload();
  await atSignIn(second);
  return expect(after.signedOut === before.signedOut + 1 && (await context.cookies()).length === 0, { before, after });
});
await second.close();

const mail = async () => {
  await page.getByLabel("Email", { exact: true }).fill(told.ana.email);
  await button(page, "Email me a link").click();
  await page.getByLabel("Code from the email").waitFor();
  return ask(`mail?to=${told.ana.email}`);
};

await check("a code from the mail opens the page, a wrong one does not", async () => {
  const { code } = await mail();
  await page.getByLabel("Code from the email").fill(code === "000000" ? "111111" : "000000");
  await button(page, "Sign in with the code").click();
  await page.getByText("This code or link was used already, or is too old.").waitFor();
  await page.getByLabel("Code from the email").fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  await button(page, "Sign in with the code").click();
  await signals(page);
  const seen = await stored(page);
  return expect(!/eyJ|code-verifier/.test(seen), seen);
});

await check("the mail's link opens the page in another tab of this browser", async () => {
  await signOut(page);
  const { link } = await mail();
  const tab = await context.newPage();
  await tab.goto(link);
  await signals(tab);
  const seen = await stored(tab);
  await signOut(tab);
  await tab.close();
  return expect(!leaks.test(seen), seen);
});

await check("the mail's link opened in another browser is explained", async () => {
  await page.goto(app);
  await atSignIn(page);
  const { link } = await mail();
  const phone = await newBrowser();
  const tab = await phone.newPage();
  await tab.goto(link);
  await tab.getByText("The link was opened in another browser").waitFor();
  await phone.close();
});

await check("a second mail within a minute is refused, and the first still signs in, whether the address was confirmed or not", async () => {
  for (const who of [told.ana, told.late]) {
    await page.goto(app);
    await ask("mails?every=1ns");
    await page.getByLabel("Email", { exact: true }).fill(who.email);
    await button(page, "Email me a link").click();
    await page.getByLabel("Code from the email").waitFor();
    await ask("mails?every=1m");
    await button(page, "Sign in another way").click();
    await button(page, "Email me a link").click();
    await page.getByText("Too many emails were sent.").waitFor();
    await page.getByLabel("Code from the email").waitFor();
    const { link } = await ask(`mail?to=${who.email}`);
    const tab = await context.newPage();
    await tab.goto(link);
    await signOut(tab);
    await tab.close();
  }
  await ask("mails?every=1ns");
});

await check("a provider signs in by PKCE, and leaves no code in the address", async () => {
  await page.goto(app);
  await button(page, "Continue with GitHub").click();
  await signals(page);
  const seen = await stored(page);
  return expect(!leaks.test(seen) && !/code-verifier/.test(seen), seen);
});

await check("a refusal by the provider is explained", async () => {
  await signOut(page);
  await page.goto(`${app}callback?error=access_denied&error_code=access_denied&error_description=no`);
  await page.getByText("You did not agree at the provider").waitFor();
});

await check("an anonymous account is refused with the reason", async () => {
  await page.goto(app);
  await typePassword(page, told.guest);
  await page.getByText("Anonymous accounts cannot use Atalaya.").waitFor();
  return expect((await context.cookies()).length === 0, await context.cookies());
});

await check("no page complained, and the policy refused nothing", () => expect(complaints.length + refusals.length === 0, [...complaints, ...refusals]));
await browser.close();
