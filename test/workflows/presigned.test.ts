import { expect, test, vi } from "vitest";
import { sendRequest, type Transfer } from "../../src/workflows/transfer.js";

const transfer = () => {
  const fetch = vi.fn(async () => new Response("bytes"));
  return { fetch, transfer: { fetch } as unknown as Transfer };
};

test.each([
  "http://127.evil.com/part",
  "http://127.0.0.1.evil.com/part",
  "http://bucket.example/part",
  "ftp://127.0.0.1/part",
])("sends no bytes to %s", async (url) => {
  const { fetch, transfer: given } = transfer();
  await expect(async () => sendRequest(given, url, {})).rejects.toMatchObject({
    reason: expect.stringContaining("https"),
  });
  expect(fetch).not.toHaveBeenCalled();
});

test.each(["https://bucket.example/part", "http://127.0.0.1:9/part", "http://[::1]/part", "http://localhost/part"])(
  "sends bytes to %s, and follows no redirect",
  async (url) => {
    const { fetch, transfer: given } = transfer();
    await sendRequest(given, url, { method: "PUT" });
    expect(fetch).toHaveBeenCalledWith(url, { method: "PUT", redirect: "manual" });
  },
);
