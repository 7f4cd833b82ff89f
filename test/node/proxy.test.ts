import { describe, expect, test } from "vitest";
import { type Environment, proxyRule } from "../../src/node/proxy.js";

const chosen = (environment: Environment, address: string, option?: string | false) => {
  const proxy = proxyRule(option, environment)(new URL(address));
  return proxy && `${proxy.secure ? "https" : "http"} ${proxy.host} ${proxy.port}`;
};

describe("the proxy of a request", () => {
  const both = { HTTPS_PROXY: "http://secure.test:1", HTTP_PROXY: "plain.test:2" };
  const rows: [string, Environment, string, string | undefined][] = [
    ["is none without an environment", {}, "https://api.test", undefined],
    ["is HTTPS_PROXY for https", both, "https://api.test", "http secure.test 1"],
    ["is HTTP_PROXY for http, with or without a scheme", both, "http://api.test", "http plain.test 2"],
    ["is not the one for http when it is https", { HTTP_PROXY: "http://p.test" }, "https://api.test", undefined],
    ["is in lower case first", { ...both, https_proxy: "https://low.test" }, "https://api.test", "https low.test 443"],
    ["is none when the variable is empty", { HTTPS_PROXY: "" }, "https://api.test", undefined],
    ["has the port 80 unless it names one", { HTTP_PROXY: "http://p.test" }, "http://api.test", "http p.test 80"],
    ["may have an IPv6 address", { HTTP_PROXY: "http://[::1]:3" }, "http://api.test", "http ::1 3"],
    ["is not HTTP_PROXY in a CGI program", { ...both, REQUEST_METHOD: "GET" }, "http://api.test", undefined],
    ["is http_proxy there", { http_proxy: "p.test", REQUEST_METHOD: "GET" }, "http://api.test", "http p.test 80"],
    ["is none for this machine", both, "http://localhost:3000", undefined],
    ["is none for what is below localhost", both, "http://a.localhost", undefined],
    ["is none for loopback addresses", both, "https://127.1.2.3", undefined],
    ["is none for the IPv6 loopback address", both, "https://[::1]", undefined],
  ];

  test.each(rows)("%s", (_, environment, address, expected) => {
    expect(chosen(environment, address)).toBe(expected);
  });

  test("is the option's, or none, whatever the environment says", () => {
    expect(chosen({ ...both, NO_PROXY: "*" }, "https://api.test", "http://mine.test:9")).toBe("http mine.test 9");
    expect(chosen(both, "https://api.test", false)).toBeUndefined();
  });

  test.each(["socks5://p.test", "http://", "http://me:p%ss@p.test", "::"])(
    "cannot be %s, which is told without quoting it",
    (address) => {
      for (const make of [() => proxyRule(address, {}), () => proxyRule(undefined, { HTTPS_PROXY: address })]) {
        try {
          make();
          expect.unreachable();
        } catch (error) {
          expect((error as Error).name).toBe("UsageError");
          expect((error as Error).message).not.toContain(address);
        }
      }
    },
  );
});

describe("NO_PROXY", () => {
  const isExempt = (list: string, address: string) =>
    chosen({ HTTPS_PROXY: "http://p.test", HTTP_PROXY: "http://p.test", NO_PROXY: list }, address) === undefined;

  const rows: [string, string, boolean][] = [
    ["", "https://api.test", false],
    ["*", "https://api.test", true],
    ["api.test", "https://api.test", true],
    ["api.test", "https://v2.api.test", true],
    [".api.test", "https://v2.api.test", true],
    ["*.api.test", "https://v2.api.test", true],
    ["api.test", "https://myapi.test", false],
    ["API.Test", "https://api.test", true],
    ["other.test, api.test", "https://api.test", true],
    ["other.test  api.test", "https://api.test", true],
    ["api.test:443", "https://api.test", true],
    ["api.test:443", "https://api.test:8443", false],
    ["api.test:80", "http://api.test", true],
    ["10.1.2.3", "https://10.1.2.3", true],
    ["10.1.2.3", "https://10.1.2.30", false],
    ["10.0.0.0/8", "https://10.1.2.3", true],
    ["10.0.0.0/8", "https://11.1.2.3", false],
    ["10.0.0.0/8", "https://api.test", false],
    ["10.0.0.0/99", "https://10.1.2.3", false],
    ["2001:db8::1", "https://[2001:db8::1]", true],
    ["[2001:db8::1]:443", "https://[2001:db8::1]", true],
    ["2001:db8::/32", "https://[2001:db8:1::9]", true],
    ["2001:db8::/32", "https://10.1.2.3", false],
  ];

  test.each(rows)("of %j and %s: %s", (list, address, expected) => {
    expect(isExempt(list, address)).toBe(expected);
  });

  test("is in lower case first", () => {
    const environment = { HTTPS_PROXY: "http://p.test", NO_PROXY: "api.test", no_proxy: "other.test" };
    expect(chosen(environment, "https://api.test")).toBe("http p.test 80");
  });
});
