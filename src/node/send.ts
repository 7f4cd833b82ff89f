import { type Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { type Duplex, pipeline } from "node:stream";
import type { Runtime } from "../wrappers/options.js";
import { type Interruption, notSent } from "../wrappers/timeout.js";
import { longestTimerMs, release, watch } from "./agent.js";
import { decompress, ResponseBody } from "./body.js";
import { broken, type Failure, failed, neverSent } from "./errors.js";
import { type PreparedRequest, RefusedRequest } from "./request.js";
import { NodeResponse } from "./response.js";

/** How a request goes out. */
export type Route = { agent: Agent; connectTimeoutMs: number; runtime: Runtime };

/** What an agent may give: a socket of `net` or `tls`, or any stream. */
type AnySocket = Duplex & { readonly connecting?: boolean; readonly secureConnecting?: boolean };

const ignore = () => undefined;

/** Sends one request: it waits for a connection, then for a response, then for the end of the response's body. */
export function send(request: PreparedRequest, route: Route, abort?: Pick<Interruption, "onAbort">): Promise<Response> {
  const { url, target, headers, content } = request;
  const { agent, connectTimeoutMs, runtime } = route;
  return new Promise((resolve, reject) => {
    // Dropped when one was called: through them the response would be held by its own connection, and never be garbage.
    let settle: { resolve: typeof resolve; reject: typeof reject } | undefined = { resolve, reject };
    let client: ClientRequest;
    let connection: AnySocket | undefined;
    let [response, body]: [IncomingMessage?, ResponseBody?] = [];
    let timer: unknown;
    /** Whether bytes of the request may have left; whether nothing is left to do; whether a kept connection is being checked. */
    let [isSent, isOver, isChecking] = [false, false, false];
    const forgetAbort = abort?.onAbort((reason) => {
      if (!isSent) (reason as { [notSent]?: () => void } | null | undefined)?.[notSent]?.();
      fail(reason);
    });
    ask();

    /** Asks the agent for a connection. Node refuses a wrong request before that, in a message that may quote it. */
    function ask(): void {
      try {
        const options = { ...target, agent, headers };
        client = target.protocol === "https:" ? requestHttps(options) : requestHttp(options);
      } catch {
        return void fail(
          new RefusedRequest("its method, path or headers are invalid, or its agent is for another protocol"),
        );
      }
      client.on("socket", guarded(assigned)).on("response", guarded(respond)).on("error", guarded(broke));
      client.on("close", guarded(closed));
    }

    /** Nothing of the request is written before its connection is ready. */
    function assigned(socket: AnySocket): void {
      connection = socket;
      const isNew = watch(socket, () => isSent && !response?.complete);
      if (socket.connecting || socket.secureConnecting) {
        const stop = () => fail(neverSent({ code: "ETIMEDOUT", message: "no connection within connectTimeoutMs" }));
        if (connectTimeoutMs <= longestTimerMs) timer = runtime.setTimeout(stop, connectTimeoutMs);
        socket.once(socket.secureConnecting === undefined ? "connect" : "secureConnect", guarded(begin));
      } else if (!isNew) {
        isChecking = true;
        const checked = client;
        const check = () => {
          if (client !== checked || isOver) return;
          if (!socket.writable || socket.readableEnded) askAgain();
          else begin();
        };
        // Two turns of the event loop, because the first may be half over: a close, and bytes that were not asked for, are read by then.
        setImmediate(setImmediate, guarded(check));
      } else if (socket.writable) begin();
      // An agent for a proxy shows in this way what the proxy said instead of making a connection.
      else fail(neverSent({ code: "EPIPE", message: "the agent's connection is closed, or its proxy refused it" }));
    }

    /** Nothing was sent on this connection, which is closed: another one. */
    function askAgain(): void {
      isChecking = false;
      if (connection !== undefined) release(connection);
      client.removeAllListeners().on("error", ignore).destroy();
      ask();
    }

    function begin(): void {
      if (isOver) return;
      if (timer !== undefined) runtime.clearTimeout(timer);
      isSent = true;
      if (!(content instanceof ReadableStream)) return void client.end(content);
      // With another length than it announced, the server would wait for more, or read the rest as another request.
      pipeline(content, Object.assign(client, { strictContentLength: true }), (error) => error && fail(failed(error)));
    }

    function respond(incoming: IncomingMessage): void {
      // Without having sent anything, this is no response of ours; the connection is being closed.
      if (!isSent || isOver) return void incoming.on("error", ignore).resume();
      response = incoming;
      const { statusCode: status = 0, statusMessage = "", rawHeaders } = incoming;
      const statusText = Buffer.from(statusMessage, "latin1").toString();
      // A response before the end of the request leaves a connection on which the rest of the request is still to come.
      if (!client.writableFinished) incoming.on("end", () => client.writableFinished || client.destroy());
      const hasBody = target.method !== "HEAD" && ![204, 205, 304].includes(status);
      const isCompressed = hasBody && incoming.headers["content-length"] !== "0";
      body = new ResponseBody(isCompressed ? decompress(incoming) : incoming, end);
      const head = { url: url.origin + target.path, status, statusText, rawHeaders };
      settle?.resolve(new NodeResponse(head, hasBody ? body : undefined) as unknown as Response);
      settle = undefined;
    }

    function closed(): void {
      if (connection !== undefined) release(connection);
      broke({ code: "ECONNRESET" });
    }

    function broke(error: Failure): void {
      if (isOver || response?.complete) return;
      if (response) body?.fail(broken(error));
      else if (isChecking && !isSent) askAgain();
      else fail(isSent ? broken(error) : neverSent(error));
    }

    function fail(error: unknown): void {
      if (isOver) return;
      end();
      // Its source wants to know that it will not be read.
      if (!isSent && content instanceof ReadableStream) content.cancel(error).catch(ignore);
      body?.fail(error);
      settle?.reject(error);
      settle = undefined;
      client?.destroy();
    }

    /** From here on nothing of it is left: no timer, and no listener on the caller's signal. */
    function end(): void {
      if (isOver) return;
      isOver = true;
      forgetAbort?.();
      if (timer !== undefined) runtime.clearTimeout(timer);
    }

    /** An error that is thrown in an event handler would end the process. */
    function guarded<Argument>(run: (argument: Argument) => void): (argument: Argument) => void {
      return (argument) => {
        try {
          run(argument);
        } catch (error) {
          fail(isSent ? failed(error) : neverSent(error as Failure));
        }
      };
    }
  });
}
