import { expect, test } from "vitest";

import { createClient, readDecimals } from "./index";

const nodeKeepsDigits = Number(process.versions.node.split(".")[0]) >= 22;

test("decimals become strings, counts stay numbers", () => {
  const seen = readDecimals<{ price: string; count: number }>('{"price": 67890.5, "count": 3}');
  expect(seen).toEqual({ price: "67890.5", count: 3 });
});

test.runIf(nodeKeepsDigits)("decimals keep every digit", () => {
  const seen = readDecimals<{ price: string }>('{"price": 12345678901234567890.12345678900}');
  expect(seen.price).toBe("12345678901234567890.12345678900");
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
