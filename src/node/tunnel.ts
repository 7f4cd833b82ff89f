import { request } from "node:http";
import type { Socket } from "node:net";

/** Has a proxy connect through to another place. Throws with a code that holds the proxy's status when it will not. */
export function openTunnel(
  socket: Socket,
  { host, port }: { host: string; port: number },
  authorization: string | undefined,
): Promise<void> {
  const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    const connect = request({
      createConnection: () => socket,
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...(authorization && { "proxy-authorization": authorization }) },
    });
    const onAnswer = (status = 0) => refuse(proxyError(status));
    connect.on("connect", ({ statusCode = 0 }, _socket, head: Buffer) => {
      // The server speaks after us, so bytes that are here already are not its own.
      if (statusCode >= 200 && statusCode < 300 && head.length === 0) resolve();
      else onAnswer(statusCode);
    });
    connect.on("response", ({ statusCode }) => onAnswer(statusCode));
    connect.on("error", refuse);
    connect.end();
  });
}

function proxyError(status: number): Error {
  return Object.assign(new Error(`the proxy refused the tunnel with ${status}`), { code: `ERR_PROXY_${status}` });
}
