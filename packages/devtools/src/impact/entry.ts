/** What users of the client must do about a change: change code (`major`), review it (`minor`), or nothing (`patch`). */
export type Impact = "major" | "minor" | "patch";

/** One change for users of the client. */
export interface Entry {
  readonly kind: EntryKind;
  readonly impact: Impact;
  /** The method or type that changed, as users write it: `instances.create`, `Instance`. */
  readonly subject: string;
  /** The change, as a clause that follows the subject: "`pool` is now required". */
  readonly clause: string;
  /** The member that changed, if the change concerns a member: `deployment`, `ssh.host`. */
  readonly member?: string;
  /** The type that the member belongs to, with its name in the older description: `schema InstanceResponse`, `query list_orders`. */
  readonly owner?: string;
  /** The name to use instead, if it is known. */
  readonly instead?: string;
  /** For a member: `true` when a description names `instead`, `false` when it is a guess from names and types. */
  readonly isInsteadDocumented?: boolean;
  /** The methods whose input or response contains the change. */
  readonly methods: readonly string[];
}

export type EntryKind =
  | MethodChange
  | MemberChange
  | "entry-gone"
  | "type-gone"
  | "type-renamed"
  | "words"
  | "limits"
  | "other";

export type MethodChange =
  | "method-new"
  | "method-gone"
  | "method-renamed"
  | "method-moved"
  | "method-id"
  | "method-deprecated"
  | "arguments"
  | "body"
  | "response"
  | "key-new"
  | "key-gone"
  | "key-required"
  | "header"
  | "serialization"
  | "security"
  | "content-type"
  | "server"
  | "paging"
  | "page-size"
  | "retry"
  | "status-new"
  | "status-gone"
  | "old-call";

export type MemberChange =
  | "member-new"
  | "member-gone"
  | "member-required"
  | "member-optional"
  | "member-type"
  | "member-deprecated"
  | "member-access"
  | "member-default"
  | "member-unit"
  | "value-new"
  | "value-gone";

/** Formats a change as one sentence. The member of a type is written with the name of the type: `Instance.deployment`. */
export function sentence(entry: Entry): string {
  const prefix = `\`${entry.member}\``;
  const isOfType = entry.member !== undefined && /^[A-Z]/.test(entry.subject) && entry.clause.startsWith(`${prefix} `);
  if (isOfType) return `\`${entry.subject}.${entry.member}\`${entry.clause.slice(prefix.length)}`;
  return `${subjectWords(entry.subject)}: ${entry.clause}`;
}

/** Formats a subject: a name in code is set as code, other words are unchanged. */
export function subjectWords(subject: string): string {
  return subject.includes(" ") ? subject : `\`${subject}\``;
}
