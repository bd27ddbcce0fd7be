import { expect, test } from "vitest";

import { createClient, readDecimals } from "./index";

test("decimals become strings, counts stay numbers", () => {
  const seen = readDecimals<{ price: string; count: number }>('{"price": 67890.5, "count": 3}');
  expect(seen).toEqual({ price: "67890.5", count: 3 });
});

test("decimals keep every digit", () => {
  const seen = readDecimals<{ price: string; profit_loss: string; exit_price: null }>(
    '{"price": 12345678901234567890.12345678900,"profit_loss":-0.10, "exit_price":null}',
  );
  expect(seen).toEqual({ price: "12345678901234567890.12345678900", profit_loss: "-0.10", exit_price: null });
});

test("a text that looks like a member is left alone", () => {
  const sent = { raw_message: '{"price": 1.50, "quoted \\": "price": 2.50}', notes: 'ends in a backslash \\', price: "3" };
  expect(readDecimals(JSON.stringify(sent))).toEqual(sent);
});

test("a request carries the token, and a refusal is the service's problem document", async () => {
  const asked: Request[] = [];
  const client = createClient({
    baseUrl: "https://signals.example.com",
    accessToken: async () => "token",
    fetch: async (input) => {
      asked.push(input as Request);
      return new Response('{"error":"not_found","message":"gone"}', { status: 404, headers: { "Content-Type": "application/problem+json" } });
    },
  });
  const { error } = await client.GET("/api/quota");
  expect(asked[0]?.headers.get("Authorization")).toBe("Bearer token");
  expect(error).toMatchObject({ error: "not_found" });
});
