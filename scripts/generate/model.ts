import type { Operation } from "../../src/operation.js";
import type { TypeAlias } from "./type-table.js";

/** All that the printers need, with every name decided. */
export interface Model {
  readonly operations: readonly OperationModel[];
  readonly resources: readonly ResourceModel[];
  readonly types: readonly TypeAlias[];
  /** The default base URL; absent when the description names none that a token may be sent to. */
  readonly server?: string;
  readonly notices: readonly string[];
}

export interface ResourceModel {
  /** Field of the client: `instanceSkus`. */
  readonly field: string;
  readonly className: string;
  /** File without its ending: `instance-skus`. */
  readonly file: string;
  readonly description: string;
  readonly operations: readonly OperationModel[];
}

export interface OperationModel {
  /** Its operationId. */
  readonly id: string;
  readonly descriptor: Operation;
  /** Name of the exported descriptor. */
  readonly constant: string;
  readonly resource: string;
  readonly method: string;
  readonly pathParameters: readonly PathParameter[];
  readonly query?: { readonly type: string; readonly required: boolean };
  readonly body?: { readonly type: string; readonly required: boolean };
  /** Its own address, where the description gives it one that is not the client's. */
  readonly ownServer?: string;
  /** Headers that every call must be given, `cookie` for a required cookie; absent when there are none. */
  readonly requiredHeaders?: readonly RequiredHeader[];
  /** Type of the answer; absent when success has no body. */
  readonly answer?: string;
  /** Type of one row, for lists that are walked page by page. */
  readonly item?: string;
  /** What says that the list comes in pages, where the client cannot follow them; absent otherwise. */
  readonly unfollowedPages?: readonly string[];
  readonly errors: readonly ErrorModel[];
  readonly description: string;
  readonly isDeprecated: boolean;
  readonly isLowConfidence: boolean;
}

export interface RequiredHeader {
  /** As it is given in `options.headers`. */
  readonly header: string;
  /** The cookie within it. */
  readonly cookie?: string;
}

export interface PathParameter {
  readonly wire: string;
  readonly name: string;
}

/** A declared error answer. */
export interface ErrorModel {
  readonly status: string;
  /** The `error.type` values that its schema allows. */
  readonly types: readonly string[];
  readonly meaning: string;
}
