import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { type PrismOptions, type RunningServer, startPrism } from "./prism.js";
import { aPort, aText, mustBe, optional, shapeOf } from "./simulator/checks.js";

const check = shapeOf<PrismOptions>({
  port: optional(aPort),
  description: optional(aText),
  startTimeoutMs: optional(
    mustBe("a positive number of milliseconds", (value) => Number(value) > 0 && Number(value) < 2 ** 31),
  ),
});

/**
 * Starts Prism as a mock of the API. It has no memory: every operation answers with an example of the description, and every request is
 * checked against it; what breaks the contract comes back in the `sl-violations` header. Choose an answer with the `Prefer` header: `code=404`, or
 * `example=first_page`. Throws a `TypeError` that names an option which is unknown or invalid. Needs `@stoplight/prism-cli` to be installed.
 */
export async function startMockServer(options: PrismOptions = {}): Promise<RunningServer> {
  check(options, "options");
  const { port, description, startTimeoutMs } = options;
  if (description) {
    await access(description, constants.R_OK).catch(({ code }: NodeJS.ErrnoException) => {
      throw new TypeError(`options.description names ${description}, which cannot be read (${code})`);
    });
  }
  return startPrism(["mock"], {
    port: port ?? 0,
    startTimeoutMs: startTimeoutMs ?? 60_000,
    ...(description && { description }),
  });
}
