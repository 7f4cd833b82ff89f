/** The API description that this package was made from. The same place seen from `src/testing/` and from `dist/testing/`. */
export const ownDescription: URL = new URL("../../openapi/bundled.json", import.meta.url);
