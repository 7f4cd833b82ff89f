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
 * Starts Prism as a mock of the API. It has no state: every operation responds with an example from the description. Every request is checked
 * against the description, and violations are listed in the `sl-violations` response header. Choose a response with the `Prefer` header: `code=404`, or
 * `example=first_page`. Throws a `TypeError` that names an unknown or invalid option. Requires `@stoplight/prism-cli` to be installed.
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
