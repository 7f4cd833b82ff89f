/** Redirects requests to the service to the simulator, so that the program runs unchanged. */
export function redirect(simulator) {
  const { fetch } = globalThis;
  globalThis.fetch = (url, init) => fetch(url.replace("https://api.sfcompute.com", simulator), init);
}
