import { expect, test, vi } from "vitest";
import { request, type Wire } from "../../src/workflows/transfer.js";

const wire = () => {
  const fetch = vi.fn(async () => new Response("bytes"));
  return { fetch, wire: { fetch } as unknown as Wire };
};

test.each([
  "http://127.evil.com/part",
  "http://127.0.0.1.evil.com/part",
  "http://bucket.example/part",
  "ftp://127.0.0.1/part",
])("sends no bytes to %s", async (url) => {
  const { fetch, wire: given } = wire();
  await expect(async () => request(given, url, {})).rejects.toMatchObject({ why: expect.stringContaining("https") });
  expect(fetch).not.toHaveBeenCalled();
});

test.each(["https://bucket.example/part", "http://127.0.0.1:9/part", "http://[::1]/part", "http://localhost/part"])(
  "sends bytes to %s, and follows no redirect",
  async (url) => {
    const { fetch, wire: given } = wire();
    await request(given, url, { method: "PUT" });
    expect(fetch).toHaveBeenCalledWith(url, { method: "PUT", redirect: "manual" });
  },
);
