import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { type Duplex, pipeline } from "node:stream";
import type { Runtime } from "../wrappers/options.js";
import { type Interruption, longestTimerMs, notSent } from "../wrappers/timeout.js";
import { watch } from "./agent.js";
import { decompress, ResponseBody } from "./body.js";
import { brokenConnectionError, type Failure, failedRequestError, neverSentError } from "./errors.js";
import { type AgentFor, type PreparedRequest, prepareRequest, RefusedRequest } from "./request.js";
import { NodeResponse } from "./response.js";

/** The agent, connection timeout and runtime of a request. */
export type Route = { agentFor: AgentFor; connectTimeoutMs: number; runtime: Runtime };
export type Abortable = Pick<Interruption, "onAbort">;

/** A connection from an agent: a socket of `net` or `tls`, or any other duplex stream. */
type AnySocket = Duplex & { readonly connecting?: boolean; readonly secureConnecting?: boolean };

const ignore = () => undefined;

/** Sends one request: waits for a connection, then for the response, then for the end of its body. */
export function send(address: string, init: RequestInit, route: Route, abort: Abortable): Promise<Response> {
  const { agentFor, connectTimeoutMs, runtime } = route;
  return new Promise((resolve, reject) => {
    // Cleared when the promise has settled. Otherwise the connection would hold a reference to the response, which could never be garbage-collected.
    let settle: { resolve: typeof resolve; reject: typeof reject } | undefined = { resolve, reject };
    let request: PreparedRequest;
    let client: ClientRequest;
    /** A reused connection, while it is checked. */
    let kept: AnySocket | undefined;
    /** Connections that were found closed. */
    const closed = new Set<AnySocket | undefined>();
    let response: IncomingMessage | undefined;
    let body: ResponseBody | undefined;
    let timer: unknown;
    /** Bytes of the request may have been sent. */
    let isSent = false;
    /** The request has ended, successfully or not. */
    let isOver = false;
    const forgetAbort = abort.onAbort((reason) => {
      if (!isSent) (reason as { [notSent]?: () => void } | null | undefined)?.[notSent]?.();
      fail(reason);
    });
    requestConnection();

    /** Requests a connection from the agent. Node refuses an invalid request before that. */
    function requestConnection(): void {
      kept = undefined;
      try {
        request ??= prepareRequest(address, init, agentFor);
        client = (request.options.protocol === "https:" ? requestHttps : requestHttp)(request.options);
      } catch (error) {
        // Not kept as the cause: the error of the platform or of Node may quote a value of the request, and the error of an agent function the password
        // of a proxy.
        const what = "its method, path, headers or body are invalid, or its agent failed or is for another protocol";
        return void fail(error instanceof RefusedRequest ? error : new RefusedRequest(what));
      }
      client.on("socket", catchErrors(useConnection)).on("response", catchErrors(respond));
      client.on("error", catchErrors(handleClose)).on("close", catchErrors(handleClose));
    }

    /** Waits until the connection is ready, and only then writes the request. */
    function useConnection(socket: AnySocket): void {
      const isNew = watch(socket, () => isSent && !response?.complete);
      // The agent has no other connection, so requesting another one would never end.
      if (closed.has(socket)) failUnsent("EPIPE", "the agent returned a closed connection twice");
      else if (socket.connecting || socket.secureConnecting) {
        const stop = () => failUnsent("ETIMEDOUT", "no connection within connectTimeoutMs");
        if (connectTimeoutMs <= longestTimerMs) timer = runtime.setTimeout(stop, connectTimeoutMs);
        socket.once(socket.secureConnecting === undefined ? "connect" : "secureConnect", catchErrors(writeRequest));
      } else if (!isNew) {
        kept = socket;
        const check = () => {
          if (kept !== socket || isOver) return;
          if (socket.writable && !socket.readableEnded) writeRequest();
          else replaceConnection();
        };
        // After two turns of the event loop (the first may be half over), Node has read a close of the connection and any unexpected bytes.
        setImmediate(setImmediate, catchErrors(check));
      } else if (socket.writable) writeRequest();
      // Some proxy agents return a closed stream with the response of a proxy that refused the connection.
      else failUnsent("EPIPE", "the agent's connection is closed, or its proxy refused it");
    }

    /** Requests another connection, because this one is closed and nothing was sent on it. */
    function replaceConnection(): void {
      closed.add(kept);
      client.removeAllListeners().on("error", ignore).destroy();
      requestConnection();
    }

    function writeRequest(): void {
      if (isOver) return;
      runtime.clearTimeout(timer);
      isSent = true;
      const { content } = request;
      if (!(content instanceof ReadableStream)) return void client.end(content);
      // If the body did not have the announced length, the server would wait for more bytes, or read the rest as another request.
      Object.assign(client, { strictContentLength: true });
      pipeline(content, client, (error) => error && fail(failedRequestError(error)));
    }

    function respond(incoming: IncomingMessage): void {
      // Nothing was sent, so this is not a response to this request. The connection is being closed.
      if (!isSent || isOver) return void incoming.on("error", ignore).resume();
      response = incoming;
      // After a response that arrives before the request is complete, the rest of the request is still being sent, so the connection cannot be reused.
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

    /** Handles an error or the end of the connection. It may be called after the request has ended. */
    function handleClose(error: Failure = { code: "ECONNRESET" }): void {
      if (client.socket) watch(client.socket);
      if (isOver || response?.complete) return;
      if (response) body?.fail(brokenConnectionError(error));
      else if (kept && !isSent) replaceConnection();
      else fail(isSent ? brokenConnectionError(error) : neverSentError(error));
    }

    function failUnsent(code: string, message: string): void {
      fail(neverSentError({ code, message }));
    }

    function fail(error: unknown): void {
      if (isOver) return;
      end();
      const { content = init.body } = request ?? {};
      // Canceled, so that the source of the stream can free its resources.
      if (!isSent && content instanceof ReadableStream) content.cancel(error).catch(ignore);
      body?.fail(error);
      settle?.reject(error);
      client?.destroy();
    }

    /** Marks the request as ended, and removes its timer and its listener on the caller's signal. */
    function end(): void {
      isOver = true;
      forgetAbort();
      runtime.clearTimeout(timer);
    }

    /** An error that is thrown in an event handler would end the process. */
    function catchErrors<Argument>(run: (argument: Argument) => void): (argument: Argument) => void {
      return (argument) => {
        try {
          run(argument);
        } catch (error) {
          fail(isSent ? failedRequestError(error) : neverSentError(error as Failure));
        }
      };
    }
  });
}
