/**
 * Decodes bytes that arrive in pieces. A piece may end in the middle of a character, which then comes out with the next one; what is not UTF-8
 * becomes U+FFFD, as in a terminal.
 */
export class TextJoiner {
  // A byte order mark in the middle of a console is output like any other.
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  push(bytes: Uint8Array): string {
    return this.#decoder.decode(bytes, { stream: true });
  }

  /** What is left of a character that never ended. */
  end(): string {
    return this.#decoder.decode();
  }
}
