import { connect as connectTcp, isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { Route } from "./route.js";
import { openTunnel } from "./tunnel.js";

/** Makes a connection that is ready for a request. `watch` is given each socket on the way, so that the attempt can be ended. */
export type Dial = (route: Route, watch: (socket: Socket) => void) => Promise<Socket>;

/** Nothing of a request is sent before the server has proved who it is. */
export function dialWith(trusted: readonly string[] | undefined): Dial {
  return async ({ secure, host, port, proxy }, watch) => {
    const tls = { ...(trusted && { ca: [...trusted] }), ALPNProtocols: ["http/1.1"] };
    if (proxy === undefined) return open({ secure, host, port }, tls, watch);
    const toProxy = await open(proxy, tls, watch);
    if (!secure) return toProxy;
    await openTunnel(toProxy, { host, port }, proxy.authorization);
    const socket = connectTls({ ...tls, socket: toProxy, host, servername: serverName(host) });
    watch(socket);
    return established(socket, "secureConnect");
  };
}

interface Place {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
}

function open({ secure, host, port }: Place, tls: ConnectionOptions, watch: (socket: Socket) => void): Promise<Socket> {
  const tcp = { host, port, autoSelectFamily: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 };
  const socket = secure ? connectTls({ ...tls, ...tcp, servername: serverName(host) }) : connectTcp(tcp);
  watch(socket);
  return established(socket, secure ? "secureConnect" : "connect");
}

/** An address is no name that a server could be told. */
function serverName(host: string): string {
  return isIP(host) ? "" : host;
}

function established(socket: Socket, event: "connect" | "secureConnect"): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(Object.assign(new Error("closed before it was ready"), { code: "ECONNRESET" }));
    socket.once("close", onClose);
    // Stays for the socket's life: between two requests nobody else listens, and an error without a listener ends the process.
    socket.on("error", reject);
    socket.once(event, () => {
      socket.removeListener("close", onClose);
      resolve(socket);
    });
  });
}
