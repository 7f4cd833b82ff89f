import type { paths as DescribedPaths } from "../generated/schema.js";

/**
 * The paths of the API, as openapi-fetch takes them. An enum that may get further values is a `string` here: openapi-fetch's types take the form that
 * keeps an editor's suggestions, `string & {}`, for an object.
 */
export interface paths extends WithPlainStrings<DescribedPaths> {}

type WithPlainStrings<T> = T extends string
  ? string extends T
    ? string
    : T
  : T extends object
    ? { [Name in keyof T]: WithPlainStrings<T[Name]> }
    : T;
