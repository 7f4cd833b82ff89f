import type { Fault, Stage } from "./fault.js";

/** Faults below the level of status and body: bytes that are not HTTP, unusual HTTP, slow bytes, or bytes without a request. */

const inJson = { "content-type": "application/json" };

export const protocolFaults: readonly Fault[] = [
  malformed("not HTTP", () => "SSH-2.0-OpenSSH_9.6\r\n"),
  malformed("a malformed status line", () => "HTTP/1.1 OK 200\r\ncontent-length: 0\r\n\r\n"),
  malformed(
    "a malformed header",
    (body) => `HTTP/1.1 200 OK\r\nno colon\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  ),
  malformed("two lengths", (body) => `${head(body)}content-length: 2\r\n\r\n${body}`),
  malformed("a length and chunks", (body) => `${head(body)}transfer-encoding: chunked\r\n\r\n${body}`),
  malformed("a malformed chunk", (body) => `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n${body}\r\n`),
  { ...malformed("a malformed response before the commit", () => "HTTP/1.1 OK 200\r\n\r\n"), commits: false },
  statusLine("a reason phrase in UTF-8", "Готово ✓"),
  statusLine("a reason phrase with control characters", "O\u0001K\u007f"),
  statusLine("an empty reason phrase", ""),
  statusLine("a reason phrase of 4,000 characters", "x".repeat(4_000)),
  {
    name: "a status of 600",
    commits: true,
    shows: { as: "status", status: 600 },
    play: (stage) => stage.response.writeHead(600).end(),
  },
  {
    name: "an informational response first",
    commits: true,
    shows: { as: "success" },
    play: (stage) => {
      stage.response.writeEarlyHints({ link: "</a>; rel=preload" });
      stage.response.writeHead(200, inJson).end(bodyOf(stage));
    },
  },
  {
    name: "an unsolicited response behind the real one",
    commits: true,
    shows: { as: "success" },
    // Both responses are sent in one piece, so that the second arrives before the client can send its next request on this connection.
    play: (stage) => {
      const { socket } = stage.request;
      socket.cork();
      stage.response.writeHead(200, inJson).end(bodyOf(stage));
      socket.write(`${head(unsolicited)}\r\n${unsolicited}`);
      socket.uncork();
    },
  },
  {
    name: "a body of one byte a second",
    commits: true,
    shows: { as: "trickle" },
    play: (stage) => {
      const text = " ".repeat(longestSeconds) + bodyOf(stage);
      stage.response.writeHead(200, { ...inJson, "content-length": text.length });
      void drip(stage, text);
    },
  },
  {
    name: "headers of one byte a second",
    commits: true,
    shows: { as: "trickle" },
    play: (stage) => void drip(stage, `HTTP/1.1 200 OK\r\nx-padding: ${"x".repeat(longestSeconds)}\r\n\r\n`),
  },
];

/** The client's limit for one attempt. A response that trickles takes longer. */
const longestSeconds = 60;
const unsolicited = JSON.stringify({ object: "thing", id: "thing_unsolicited" });

function bodyOf({ reply }: Stage): string {
  return JSON.stringify(reply.body ?? { object: "nothing" });
}

function head(body: string, statusLine = "HTTP/1.1 200 OK"): string {
  return `${statusLine}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n`;
}

function write(stage: Stage, bytes: (body: string) => string): void {
  stage.request.socket.write(bytes(bodyOf(stage)));
}

/** The connection stays open, so that the client must close it. */
function malformed(name: string, bytes: (body: string) => string): Fault {
  return { name, commits: true, shows: { as: "break" }, play: (stage) => write(stage, bytes) };
}

function statusLine(name: string, reason: string): Fault {
  const play = (stage: Stage) =>
    write(stage, (body) => `${head(body, `HTTP/1.1 200 ${reason}`)}connection: close\r\n\r\n${body}`);
  return { name, commits: true, shows: { as: "success" }, play };
}

/** Sends one byte per second of the client's clock, until the client's limit has passed. */
async function drip(stage: Stage, text: string): Promise<void> {
  const { socket } = stage.request;
  const target = stage.response.headersSent ? stage.response : socket;
  for (let second = 0; second < longestSeconds && !socket.destroyed; second++) {
    target.write(text.charAt(second));
    await new Promise((resolve) => setImmediate(resolve));
    stage.pass(1_000);
  }
}
