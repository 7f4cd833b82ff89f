import { BlockList, isIP, isIPv6 } from "node:net";

/** `NO_PROXY`: hosts, with or without a port, domains, addresses and ranges (`10.0.0.0/8`), separated by commas or blanks; `*` for all. */
export function readNoProxy(text: string): (target: URL) => boolean {
  const rules = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .map(ruleOf);
  return (target) => rules.some((rule) => rule(bare(target.hostname), target.port || defaultPort(target)));
}

type Rule = (host: string, port: string) => boolean;

function ruleOf(entry: string): Rule {
  if (entry === "*") return () => true;
  if (entry.includes("/")) return rangeRule(entry);
  const { host, port } = split(entry);
  const fits = isIP(host) ? (given: string) => given === host : domainRule(host);
  return (given, givenPort) => (port === undefined || port === givenPort) && fits(given);
}

/** A name stands for what is below it too, whether it begins with a dot, with `*.` or with neither. */
function domainRule(text: string): (host: string) => boolean {
  const name = text.replace(/^\*?\./, "");
  return (host) => host === name || host.endsWith(`.${name}`);
}

function rangeRule(entry: string): Rule {
  const [network = "", bits] = entry.split("/");
  const list = new BlockList();
  try {
    list.addSubnet(network, Number(bits), familyOf(network));
  } catch {
    // Not a range; a rule that nothing fits is what other programs make of it too.
    return () => false;
  }
  return (host) => isIP(host) > 0 && list.check(host, familyOf(host));
}

function split(entry: string): { host: string; port?: string | undefined } {
  if (isIPv6(entry)) return { host: entry };
  const [, host = "", port] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  return { host: bare(host), port };
}

const bare = (host: string) => (host.startsWith("[") ? host.slice(1, -1) : host);
const familyOf = (address: string) => (isIPv6(address) ? "ipv6" : "ipv4");
const defaultPort = ({ protocol }: URL) => (protocol === "https:" ? "443" : "80");

export function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127(\.\d+){3}$/.test(host);
}
