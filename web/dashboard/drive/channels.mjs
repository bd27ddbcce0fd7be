// Channels and the log of what was sent. An inbox beside the program stands in for every service.
import { check, expect, first, pageTools, until } from "./kit.mjs";

export async function channels(page, told, picture) {
  const { button, menu, dialog, note } = pageTools(page);
  const row = (name) => page.getByRole("listitem").filter({ has: page.getByRole("button", { name: `Delete channel ${name}`, exact: true }) });
  const add = async (kind) => {
    await button("+ Add a channel").click();
    await dialog().getByRole("button", { name: new RegExp(`^${kind}`) }).click();
  };

  await check("a channel is made, sends a test, is paused, renamed and deleted", async () => {
    await menu("Connections");
    await add("ntfy");
    await dialog().getByLabel("Topic").fill("a-topic-of-the-drive");
    await dialog().getByLabel("Name", { exact: true }).fill("My phone");
    await button("Save", dialog()).click();
    await button("Send a test", row("My phone")).click();
    await row("My phone").getByText(/Delivered/).waitFor();
    const works = await until(() => row("My phone").getByText("works", { exact: true }).count(), (n) => n === 1);
    await button("Pause", row("My phone")).click();
    await row("My phone").getByText("paused", { exact: true }).waitFor();
    await button("Resume", row("My phone")).click();
    await button("Edit", row("My phone")).click();
    await dialog().getByLabel("Name", { exact: true }).fill("Tablet");
    await button("Save", dialog()).click();
    await row("Tablet").waitFor();
    await page.getByRole("button", { name: "Delete channel Tablet" }).click();
    await button("Delete channel", dialog()).click();
    await note("The channel is deleted.");
    return first(works, await until(() => row("Tablet").count(), (n) => n === 0));
  });

  await check("a channel that cannot work says why in plain words", async () => {
    await add("Webhook");
    await dialog().getByLabel("URL of your server").fill("https://127.0.0.1/hook");
    await button("Save", dialog()).click();
    await dialog().getByRole("alert").getByText(/host name/).waitFor();
    await dialog().getByLabel("URL of your server").fill("https://nobody.example.com/hook");
    await dialog().getByLabel("Name", { exact: true }).fill("Nowhere");
    await button("Save", dialog()).click();
    await dialog().getByText(/^whsec_/).waitFor();
    await button("I have kept it", dialog()).click();
    await button("Send a test", row("Nowhere")).click();
    await row("Nowhere").getByText(/cannot be reached|does not lead to a public server/).first().waitFor();
    await page.getByRole("button", { name: "Delete channel Nowhere" }).click();
    await button("Delete channel", dialog()).click();
    await note("The channel is deleted.");
  });

  await check("a Telegram chat is connected by its link", async () => {
    await add("Telegram");
    await dialog().getByLabel("Bot token").fill("123456:demo-bot-of-atalaya-dev");
    await dialog().getByLabel("Name", { exact: true }).fill("My chat");
    await button("Save", dialog()).click();
    const link = dialog().getByRole("link", { name: "Open the chat" });
    await link.waitFor();
    const address = await link.getAttribute("href");
    await dialog().getByText("Waiting for you to press Start…").waitFor();
    await picture("connect");
    await button("Close", dialog()).last().click();
    await row("My chat").getByText("not connected").waitFor();
    await page.getByRole("button", { name: "Delete channel My chat" }).click();
    await button("Delete channel", dialog()).click();
    return expect(/^https:\/\/t\.me\/demo_bot\?start=[a-z0-9]{20,}$/.test(address), address);
  });

  await check("an address for mail has to be confirmed by a link", async () => {
    await add("Email");
    await dialog().getByLabel("Another address").fill("ana@example.com");
    await button("Save", dialog()).click();
    await page.getByRole("button", { name: "Mail the link again" }).click();
    await note("Follow the link in the mail to ana@example.com.");
    await page.getByRole("button", { name: "Delete channel email" }).click();
    await button("Delete channel", dialog()).click();
    await note("The channel is deleted.");
  });

  await check("a rule for alerts that fall silent is made and deleted", async () => {
    await button("+ Add a rule").click();
    await dialog().getByLabel("Ticker").fill("BTCUSDT");
    await dialog().getByLabel("Notify me after this many hours without a signal").fill("4");
    await button("Save", dialog()).click();
    const rule = page.getByRole("listitem").filter({ hasText: "at least one in 4 h · Mon Tue Wed Thu Fri" });
    await rule.waitFor();
    await button("Delete", rule).click();
    return until(() => rule.count(), (n) => n === 0);
  });

  await check("the log says what was sent and leads to the signal", async () => {
    await page.getByLabel("State", { exact: true }).selectOption("sent");
    await page.getByRole("link", { name: "signal", exact: true }).first().click();
    await dialog().getByText("Original message").first().waitFor();
    await page.goto(told.app);
  });

  await check("the session is checked at TradingView", async () => {
    await menu("Connections");
    await page.getByText("signed in", { exact: true }).waitFor();
    await button("Check now").click();
    await page.getByText("TradingView says: signed in.").waitFor();
    await button("Firefox").click();
    await page.getByText("Choose the tab Storage.").waitFor();
  });
}
