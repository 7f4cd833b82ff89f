/** What is meant for the service arrives at the simulator. The program that runs after this needs no change. */
export function redirect(simulator) {
  const { fetch } = globalThis;
  globalThis.fetch = (url, init) => fetch(url.replace("https://api.sfcompute.com", simulator), init);
}
