import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { type Duplex, pipeline } from "node:stream";
import type { Runtime } from "../wrappers/options.js";
import { type Interruption, longestTimerMs, notSent } from "../wrappers/timeout.js";
import { release, watch } from "./agent.js";
import { decompress, ResponseBody } from "./body.js";
import { broken, type Failure, failed, neverSent } from "./errors.js";
import { type AgentFor, type PreparedRequest, prepareRequest, RefusedRequest } from "./request.js";
import { NodeResponse } from "./response.js";

/** How requests go out. */
export type Route = { agentFor: AgentFor; connectTimeoutMs: number; runtime: Runtime };
export type Abortable = Pick<Interruption, "onAbort">;

/** What an agent may give: a socket of `net` or `tls`, or any stream. */
type AnySocket = Duplex & { readonly connecting?: boolean; readonly secureConnecting?: boolean };

const ignore = () => undefined;

/** Sends one request: it waits for a connection, then for a response, then for the end of the response's body. */
export function send(address: string, init: RequestInit, route: Route, abort: Abortable): Promise<Response> {
  const { agentFor, connectTimeoutMs, runtime } = route;
  return new Promise((resolve, reject) => {
    // Dropped when one was called: through them the response would be held by its own connection, and never be garbage.
    let settle: { resolve: typeof resolve; reject: typeof reject } | undefined = { resolve, reject };
    let request: PreparedRequest;
    let client: ClientRequest;
    /** A connection that another request used before, while it is checked. */
    let kept: AnySocket | undefined;
    /** Connections that were found closed. */
    let closed: Set<AnySocket> | undefined;
    let response: IncomingMessage | undefined;
    let body: ResponseBody | undefined;
    let timer: unknown;
    /** Bytes of the request may have left. */
    let isSent = false;
    /** Nothing is left to do. */
    let isOver = false;
    const forgetAbort = abort.onAbort((reason) => {
      if (!isSent) (reason as { [notSent]?: () => void } | null | undefined)?.[notSent]?.();
      fail(reason);
    });
    ask();

    /** Asks the agent for a connection. Node refuses a wrong request before that. */
    function ask(): void {
      kept = undefined;
      try {
        request ??= prepareRequest(address, init, agentFor);
        client = (request.options.protocol === "https:" ? requestHttps : requestHttp)(request.options);
      } catch (error) {
        // What the platform or Node refuses, it may quote; and a function the password of a proxy.
        const what = "its method, path, headers or body are invalid, or its agent failed or is for another protocol";
        return void fail(error instanceof RefusedRequest ? error : new RefusedRequest(what));
      }
      client.on("socket", guarded(assigned)).on("response", guarded(respond));
      client.on("error", guarded(broke)).on("close", guarded(broke));
    }

    /** Nothing of the request is written before its connection is ready. */
    function assigned(socket: AnySocket): void {
      const isNew = watch(socket, () => isSent && !response?.complete);
      // Such an agent has no other connection, and would be asked forever.
      if (closed?.has(socket))
        fail(neverSent({ code: "EPIPE", message: "the agent returned a closed connection twice" }));
      else if (socket.connecting || socket.secureConnecting) {
        const stop = () => fail(neverSent({ code: "ETIMEDOUT", message: "no connection within connectTimeoutMs" }));
        if (connectTimeoutMs <= longestTimerMs) timer = runtime.setTimeout(stop, connectTimeoutMs);
        socket.once(socket.secureConnecting === undefined ? "connect" : "secureConnect", guarded(begin));
      } else if (!isNew) {
        kept = socket;
        const check = () => {
          if (kept !== socket || isOver) return;
          if (socket.writable && !socket.readableEnded) begin();
          else askAgain();
        };
        // Two turns of the event loop, because the first may be half over: a close, and bytes that were not asked for, are read by then.
        setImmediate(setImmediate, guarded(check));
      } else if (socket.writable) begin();
      // An agent for a proxy shows in this way what the proxy said instead of making a connection.
      else fail(neverSent({ code: "EPIPE", message: "the agent's connection is closed, or its proxy refused it" }));
    }

    /** Nothing was sent on this connection, which is closed: another one. */
    function askAgain(): void {
      closed ??= new Set();
      if (kept) closed.add(kept);
      client.removeAllListeners().on("error", ignore).destroy();
      ask();
    }

    function begin(): void {
      if (isOver) return;
      runtime.clearTimeout(timer);
      isSent = true;
      const { content } = request;
      if (!(content instanceof ReadableStream)) return void client.end(content);
      // With another length than it announced, the server would wait for more, or read the rest as another request.
      pipeline(content, Object.assign(client, { strictContentLength: true }), (error) => error && fail(failed(error)));
    }

    function respond(incoming: IncomingMessage): void {
      // Without having sent anything, this is no response of ours; the connection is being closed.
      if (!isSent || isOver) return void incoming.on("error", ignore).resume();
      response = incoming;
      // A response before the end of the request leaves a connection on which the rest of the request is still to come.
      if (!client.writableFinished) incoming.on("end", () => client.writableFinished || client.destroy());
      const { statusCode: status = 0, statusMessage = "", rawHeaders } = incoming;
      const hasBody = request.options.method !== "HEAD" && ![204, 205, 304].includes(status);
      const isCompressed = hasBody && incoming.headers["content-length"] !== "0";
      body = new ResponseBody(isCompressed ? decompress(incoming) : incoming, end);
      const statusText = Buffer.from(statusMessage, "latin1").toString();
      const head = { url: request.url, status, statusText, rawHeaders };
      settle?.resolve(new NodeResponse(head, hasBody ? body : null) as unknown as Response);
      settle = undefined;
    }

    /** The connection broke, or the request has ended with it or without it. */
    function broke(error: Failure = { code: "ECONNRESET" }): void {
      if (client.socket) release(client.socket);
      if (isOver || response?.complete) return;
      if (response) body?.fail(broken(error));
      else if (kept && !isSent) askAgain();
      else fail(isSent ? broken(error) : neverSent(error));
    }

    function fail(error: unknown): void {
      if (isOver) return;
      end();
      const { content = init.body } = request ?? {};
      // Its source wants to know that it will not be read.
      if (!isSent && content instanceof ReadableStream) content.cancel(error).catch(ignore);
      body?.fail(error);
      settle?.reject(error);
      client?.destroy();
    }

    /** From here on nothing of it is left: no timer, and no listener on the caller's signal. */
    function end(): void {
      isOver = true;
      forgetAbort();
      runtime.clearTimeout(timer);
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
