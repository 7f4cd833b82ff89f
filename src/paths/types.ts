import type { operations as DescribedOperations, paths as DescribedPaths } from "../generated/schema.js";

/** The operations of the API by id, with the parameters, request bodies and responses that the description declares. */
export interface operations extends DescribedOperations {}

/**
 * The paths of the API, in the form that openapi-fetch expects. Open enums are plain `string`s here, because openapi-fetch's types treat `string & {}` as
 * an object.
 */
export interface paths extends PathsWithPlainStrings {}

type PathsWithPlainStrings = {
  [Path in keyof DescribedPaths]: {
    [Method in keyof DescribedPaths[Path]]: OperationWithPlainStrings<DescribedPaths[Path][Method]>;
  };
};

type OperationWithPlainStrings<T> = T extends { responses: unknown }
  ? { [Part in keyof T]: Part extends "responses" | "requestBody" ? WithPlainStrings<T[Part]> : T[Part] }
  : T;

type WithPlainStrings<T> = T extends string
  ? string extends T
    ? string
    : T
  : T extends object
    ? { [Name in keyof T]: WithPlainStrings<T[Name]> }
    : T;
